/** eth_subscribe, eth_unsubscribe */
import { invalidParameter } from "../../../json-rpc/rpc-error.ts";
import { optional, required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { logCriteria } from "../../parameters/log-filter.ts";
import { flag, text } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";
import type { SubscriptionKind } from "../../subscriptions.ts";

const anything: Parser<unknown> = (value) => value;

/** Opens a subscription on this connection; gives its id. */
export const subscribe = ethereumMethod(
  [required("kind", text), optional("options", anything, undefined)],
  ({ subscriptions }, [kind, options], context) => subscriptions.subscribe(subscriptionKind(kind, options), context),
);

/** Closes a subscription of this connection; false when there is none. */
export const unsubscribe = ethereumMethod([required("subscriptionId", text)], ({ subscriptions }, [id], context) =>
  subscriptions.unsubscribe(id, context),
);

function subscriptionKind(kind: string, options: unknown): SubscriptionKind {
  switch (kind) {
    case "newHeads":
    case "syncing":
      return { kind };
    case "logs":
      return { kind, criteria: logCriteria(options ?? {}, "params[1] (options)") };
    case "newPendingTransactions":
      return { kind, isFull: options === undefined ? false : flag(options, "params[1] (options)") };
    default:
      throw invalidParameter("params[0] (kind)", '"newHeads", "logs", "newPendingTransactions" or "syncing"', kind);
  }
}

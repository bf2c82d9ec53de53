/** accountSubscribe, programSubscribe, logsSubscribe, signatureSubscribe, slotSubscribe, rootSubscribe, and their ends. */
import { object, field } from "../../ethereum/parameters/structure.ts";
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import { required, type Parser } from "../../json-rpc/rpc-method.ts";
import { accountFilters } from "../account-filters.ts";
import { accountConfig, boolean, optionalConfig, pubkey, signature, unsigned } from "../parameters.ts";
import { solanaMethod } from "../services.ts";
import type { LogSelector } from "../subscriptions.ts";

export const accountSubscribe = solanaMethod([required("pubkey", pubkey), optionalConfig], ({ subscriptions }, [key, config], context) =>
  subscriptions.open({ kind: "account", key, config: accountConfig(config) }, context),
);

export const programSubscribe = solanaMethod(
  [required("program", pubkey), optionalConfig],
  ({ subscriptions, limits }, [program, config], context) =>
    subscriptions.open(
      { kind: "program", program, config: accountConfig(config), passes: accountFilters(config.fields, limits.filters) },
      context,
    ),
);

/** `"all"`, `"allWithVotes"` or `{ mentions: [pubkey] }`. */
const selector: Parser<LogSelector> = (value, path) => {
  if (value === "all" || value === "allWithVotes") return { mentions: undefined };
  const mentions = field(object(value, path), "mentions", (list) => list, path);
  if (!Array.isArray(mentions) || mentions.length !== 1) throw invalidParameter(`${path}.mentions`, "a list of one pubkey", mentions);
  return { mentions: pubkey(mentions[0], `${path}.mentions[0]`) };
};

export const logsSubscribe = solanaMethod([required("filter", selector), optionalConfig], ({ subscriptions }, [filter], context) =>
  subscriptions.open({ kind: "logs", selector: filter }, context),
);

export const signatureSubscribe = solanaMethod(
  [required("signature", signature), optionalConfig],
  ({ subscriptions }, [id, { fields }], context) => {
    const wantsReceived = field(fields, "enableReceivedNotification", boolean, "config") ?? false;
    return subscriptions.open({ kind: "signature", id, wantsReceived }, context);
  },
);

export const slotSubscribe = solanaMethod([], ({ subscriptions }, _, context) => subscriptions.open({ kind: "slot" }, context));
export const rootSubscribe = solanaMethod([], ({ subscriptions }, _, context) => subscriptions.open({ kind: "root" }, context));

/** Ends a subscription of whichever kind. */
export const unsubscribe = solanaMethod([required("subscription", unsigned)], ({ subscriptions }, [id], context) => {
  if (!subscriptions.close(id, context))
    throw invalidParameter("params[0] (subscription)", "the id of a subscription of this connection", id);
  return true;
});

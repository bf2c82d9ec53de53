/** eth_createAccessList */
import { optional, required } from "../../../json-rpc/rpc-method.ts";
import { callOptions, limitedRequest } from "../../call.ts";
import { toQuantity } from "../../format/quantity.ts";
import { failureMessage } from "../../format/revert-reason.ts";
import { formatAccessListEntry } from "../../format/transaction.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { transactionRequest } from "../../parameters/call-request.ts";
import { stateOverrides } from "../../parameters/overrides.ts";
import { ethereumMethod } from "../../services.ts";

/** The access list that a transaction would need (EIP-2930). */
export const createAccessList = ethereumMethod(
  [required("transaction", transactionRequest), blockOrLatest, optional("stateOverrides", stateOverrides, undefined)],
  async (services, [request, block, state]) => {
    const options = await callOptions(services, { block, stateOverrides: state });
    const { accessList, gasUsed, result } = await services.chain.createAccessList(limitedRequest(request, services.limits), options);
    const error = failureMessage(result);
    return {
      accessList: accessList.map(formatAccessListEntry),
      gasUsed: toQuantity(gasUsed),
      ...(error === undefined ? {} : { error }),
    };
  },
);

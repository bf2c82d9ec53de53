/** eth_getCode */
import { bytesToHex } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { stateAt } from "../../blocks.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { address } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** What was deployed to an account; the designator of an SVM account or of an EIP-7702 delegation. */
export const getCode = ethereumMethod([required("address", address), blockOrLatest], async ({ chain }, [account, block]) =>
  bytesToHex((await stateAt(chain, block)).getCodeAt(account)),
);

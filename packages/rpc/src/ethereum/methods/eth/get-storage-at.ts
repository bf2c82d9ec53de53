/** eth_getStorageAt */
import { bytesToHex } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { stateAt } from "../../blocks.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { address, storageKey } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** One slot of a contract, 32 bytes. */
export const getStorageAt = ethereumMethod(
  [required("address", address), required("slot", storageKey), blockOrLatest],
  async ({ chain }, [account, key, block]) => bytesToHex((await stateAt(chain, block)).getStorageAt(account, key)),
);

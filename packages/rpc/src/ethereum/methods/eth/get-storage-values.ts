/** eth_getStorageValues */
import { addressFromHex, bytesToHex } from "@trireme/core";
import { invalidParameter } from "../../../json-rpc/rpc-error.ts";
import { required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { stateAt } from "../../blocks.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { address, storageKey } from "../../parameters/scalar.ts";
import { list, object } from "../../parameters/structure.ts";
import { ethereumMethod } from "../../services.ts";

const MAX_SLOTS = 1_024;

const slotsByAddress: Parser<readonly (readonly [string, readonly Uint8Array[]])[]> = (value, path) => {
  const entries = Object.entries(object(value, path)).map(([key, slots]) => {
    address(key, `${path}: key`);
    return [key, list(storageKey, MAX_SLOTS)(slots, `${path}.${key}`)] as const;
  });
  const count = entries.reduce((sum, [, slots]) => sum + slots.length, 0);
  if (count > MAX_SLOTS) throw invalidParameter(path, `at most ${MAX_SLOTS} slots`, count);
  return entries;
};

/** Many slots of many contracts, from one state. */
export const getStorageValues = ethereumMethod([required("slots", slotsByAddress), blockOrLatest], async ({ chain }, [wanted, block]) => {
  const state = await stateAt(chain, block);
  return Object.fromEntries(
    wanted.map(([key, slots]) => [key, slots.map((slot) => bytesToHex(state.getStorageAt(addressFromHex(key), slot)))]),
  );
});

/** eth_getProof */
import { addressToHex, bytesToBigint, bytesToHex } from "@trireme/core";
import { required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { stateAt } from "../../blocks.ts";
import { toQuantity } from "../../format/quantity.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { address, storageKey } from "../../parameters/scalar.ts";
import { list } from "../../parameters/structure.ts";
import { ethereumMethod } from "../../services.ts";

/** A key, and the form in which it goes back: a word when a word came, else a quantity (as geth does it). */
const requestedKey: Parser<{ readonly key: Uint8Array; readonly shown: string }> = (value, path) => {
  const key = storageKey(value, path);
  return { key, shown: (value as string).length === 66 ? bytesToHex(key) : toQuantity(bytesToBigint(key)) };
};

/** An account and slots with their Merkle proofs (EIP-1186). */
export const getProof = ethereumMethod(
  [required("address", address), required("storageKeys", list(requestedKey, 1_024)), blockOrLatest],
  async ({ chain }, [account, keys, block]) => {
    const proof = (await stateAt(chain, block)).prove(
      account,
      keys.map(({ key }) => key),
    );
    return {
      address: addressToHex(account),
      accountProof: proof.accountProof.map(bytesToHex),
      balance: toQuantity(proof.balance),
      codeHash: bytesToHex(proof.codeHash),
      nonce: toQuantity(proof.nonce),
      storageHash: bytesToHex(proof.storageHash),
      storageProof: proof.storageProof.map((slot, index) => ({
        key: keys[index]?.shown,
        value: toQuantity(slot.value),
        proof: slot.proof.map(bytesToHex),
      })),
    };
  },
);

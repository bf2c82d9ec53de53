/** Checking what `eth_getProof` answered (EIP-1186). */
import { bytesToBigint, emptyCodeHash, type Hash, keccak256, TriremeError } from "@trireme/core";
import type { AccountProof } from "./account-proof.ts";
import { readList, readString } from "./rlp-read.ts";
import { emptyTrieRoot } from "./root.ts";
import { verifyProof } from "./verify-proof.ts";

/**
 * Returns when every claim of `proof`, presence and absence, follows from the state root.
 * @throws TriremeError `INVALID_PROOF` with the first claim that does not
 */
export function verifyAccountProof(root: Hash, proof: AccountProof): void {
  const leaf = verifyProof(root, keccak256(proof.address), proof.accountProof);
  const fields = leaf === undefined ? absentAccount : accountFields(leaf);
  expectEqual("nonce", fields.nonce, proof.nonce);
  expectEqual("balance", fields.balance, proof.balance);
  expectEqual("storageHash", bytesToBigint(fields.storageHash), bytesToBigint(proof.storageHash));
  expectEqual("codeHash", bytesToBigint(fields.codeHash), bytesToBigint(proof.codeHash));
  for (const slot of proof.storageProof) {
    const value = verifyProof(proof.storageHash, keccak256(slot.key), slot.proof);
    expectEqual("slot value", value === undefined ? 0n : bytesToBigint(readString(value)), slot.value);
  }
}

const absentAccount = { nonce: 0n, balance: 0n, storageHash: emptyTrieRoot as Uint8Array, codeHash: emptyCodeHash as Uint8Array };

function accountFields(leaf: Uint8Array): typeof absentAccount {
  const items = readList(leaf);
  const [nonce, balance, storageHash, codeHash] = items.map((item) => item.payload);
  if (items.length !== 4 || nonce === undefined || balance === undefined || storageHash?.length !== 32 || codeHash?.length !== 32) {
    throw new TriremeError(
      "INVALID_PROOF",
      `expected an account of nonce, balance, storage root and code hash, got ${items.length} fields`,
    );
  }
  return { nonce: bytesToBigint(nonce), balance: bytesToBigint(balance), storageHash, codeHash };
}

function expectEqual(what: string, proven: bigint, claimed: bigint): void {
  if (proven !== claimed) throw new TriremeError("INVALID_PROOF", `expected ${what} ${proven} as proven, got ${claimed}`);
}

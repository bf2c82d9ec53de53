/** Accounts of a vector as a diff of the flat key space, from which a world state is made. */
import { keccak256, type Address, type Hash } from "@trireme/core";
import {
  accountFlatKey,
  codeFlatKey,
  encodeAccountRecord,
  slotFlatKey,
  slotValueFromWord,
  type StateDiff,
  type StateDiffEntry,
} from "@trireme/state";
import { compareBytes } from "@trireme/core";
import { readAddress, readHex, readNumber, readObject, readWord, type JsonValue } from "./json-value.ts";

/** One account before the test. */
export interface AllocatedAccount {
  readonly address: Address;
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly code: Uint8Array;
  /** Pairs of 32-byte key and value that is not zero. */
  readonly storage: readonly (readonly [Uint8Array, Uint8Array])[];
}

/** Reads `{ address: { nonce, balance, code, storage } }`. @throws TriremeError `INVALID_ENCODING` naming the field */
export function readAllocation(value: JsonValue | undefined, what: string): readonly AllocatedAccount[] {
  return Object.entries(readObject(value, what)).map(([hex, fields]) => {
    const account = readObject(fields, `${what}.${hex}`);
    return {
      address: readAddress(hex, `an address of ${what}`),
      nonce: readNumber(account["nonce"], `nonce of ${hex}`),
      balance: readNumber(account["balance"], `balance of ${hex}`),
      code: readHex(account["code"], `code of ${hex}`),
      storage: Object.entries(readObject(account["storage"], `storage of ${hex}`))
        .map(([key, slot]) => [readWord(key, `a storage key of ${hex}`), readWord(slot, `a storage value of ${hex}`)] as const)
        .filter(([, word]) => word.some((byte) => byte !== 0)),
    };
  });
}

/** The diff that puts the accounts into an empty state. Empty accounts stand in it too: a vector may start with one. */
export function diffOfAllocation(accounts: readonly AllocatedAccount[]): StateDiff {
  const entries: StateDiffEntry[] = [];
  const codes = new Set<string>();
  for (const { address, nonce, balance, code, storage } of accounts) {
    const codeHash = keccak256(code) as Hash;
    const record = { nonce, balance, codeHash, storageGeneration: 0, hasSlots: storage.length > 0, svm: undefined };
    entries.push({ key: accountFlatKey(address), value: encodeAccountRecord(record) });
    if (code.length > 0 && !codes.has(codeHash.join())) entries.push({ key: codeFlatKey(codeHash), value: code });
    codes.add(codeHash.join());
    for (const [key, word] of storage) entries.push({ key: slotFlatKey(address, 0, key), value: slotValueFromWord(word) });
  }
  return { entries: entries.sort((left, right) => compareBytes(left.key, right.key)) };
}

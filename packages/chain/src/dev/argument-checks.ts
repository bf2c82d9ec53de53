/** What the development switches demand of their arguments. */
import { TriremeError } from "@trireme/core";

/** @throws TriremeError `INVALID_ARGUMENT` unless `value` is an unsigned integer of at most `bits` bits */
export function assertUnsigned(value: bigint, bits: number, what: string): void {
  if (value >= 0n && value < 1n << BigInt(bits)) return;
  throw new TriremeError("INVALID_ARGUMENT", `expected ${what}: an integer from 0 to 2^${bits} - 1, got ${value}`);
}

/** @throws TriremeError `INVALID_ARGUMENT` unless `value` has 32 bytes */
export function assertWord(value: Uint8Array, what: string): void {
  if (value.length === 32) return;
  throw new TriremeError("INVALID_ARGUMENT", `expected ${what} of 32 bytes, got ${value.length}`);
}

/** @throws TriremeError `INVALID_ARGUMENT` for an account of the SVM: no journal takes code, slots or a nonce for it */
export function assertNoRecord(account: { readonly svm: unknown } | undefined): void {
  if (account?.svm === undefined) return;
  throw new TriremeError("INVALID_ARGUMENT", "expected an account of Ethereum's, got one of the SVM: only its balance can be set");
}

/** The programs that Solana's tools expect of a chain and that are not part of this package. */
import { pubkeyFromBase58, type Pubkey } from "@trireme/core";
import { programIds, tokenProgramIds } from "../known-keys.ts";
import { createBytesMap } from "./bytes-map.ts";

/** A program by the name that people know it by. */
export interface StandardProgram {
  readonly name: string;
  readonly id: Pubkey;
}

/** What `@trireme/svm-programs` holds. */
const standardPrograms: readonly StandardProgram[] = [
  { name: "SPL Token", id: tokenProgramIds[0] },
  { name: "Token-2022", id: tokenProgramIds[1] },
  { name: "Associated Token Account", id: pubkeyFromBase58("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL") },
  { name: "Memo", id: pubkeyFromBase58("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr") },
  { name: "Memo v1", id: pubkeyFromBase58("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo") },
  { name: "Address Lookup Table", id: programIds.addressLookupTable },
];

/** Standard programs that a chain with these ones lacks; what `svm()` without `@trireme/svm-programs` starts without. */
export function missingPrograms(installed: readonly { readonly id: Pubkey }[]): readonly StandardProgram[] {
  const known = createBytesMap<true>(installed.map(({ id }) => [id, true] as const));
  return standardPrograms.filter(({ id }) => known.get(id) === undefined);
}

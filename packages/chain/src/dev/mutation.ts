/**
 * Mutations: changes of state from outside any transaction, which development chains allow. Each takes part in the
 * head's view at once and is written into the next block's record, so that a replay applies it before that block.
 */
import { TriremeError, type Address } from "@trireme/core";
import { decodeRlp, encodeRlp, integerToRlp, readBytes, readInteger, readList, type RlpItem } from "@trireme/ethereum";
import type { Journal } from "@trireme/state";

/** One change of one account. */
export type Mutation =
  | { readonly kind: "balance"; readonly address: Address; readonly wei: bigint }
  | { readonly kind: "nonce"; readonly address: Address; readonly nonce: bigint }
  | { readonly kind: "code"; readonly address: Address; readonly code: Uint8Array }
  | { readonly kind: "storage"; readonly address: Address; readonly key: Uint8Array; readonly value: Uint8Array };

/** Makes the changes, as if by one transaction of their own. */
export function applyMutations(mutations: readonly Mutation[], journal: Journal): void {
  if (mutations.length === 0) return;
  journal.beginTransaction();
  for (const mutation of mutations) applyMutation(mutation, journal);
  journal.endTransaction();
}

function applyMutation(mutation: Mutation, journal: Journal): void {
  switch (mutation.kind) {
    case "balance":
      return journal.setBalance(mutation.address, mutation.wei);
    case "nonce":
      return journal.setNonce(mutation.address, mutation.nonce);
    case "code":
      return journal.setCode(mutation.address, mutation.code);
    case "storage":
      return journal.setStorage(mutation.address, mutation.key, mutation.value);
  }
}

/** First field of the encoding; another one is a data directory of another version. */
const extraVersion = 1n;

/** What a block record keeps beside the block: the mutations that precede it. */
export function encodeExtra(mutations: readonly Mutation[]): Uint8Array {
  if (mutations.length === 0) return new Uint8Array(0);
  return encodeRlp([integerToRlp(extraVersion), mutations.map(mutationToRlp)]);
}

/** Reads what `encodeExtra` gave. @throws TriremeError `INVALID_ENCODING` */
export function decodeExtra(extra: Uint8Array): readonly Mutation[] {
  if (extra.length === 0) return [];
  const fields = readList(decodeRlp(extra), "a block's extra", 2);
  const version = readInteger(fields[0], 1, "version");
  if (version !== extraVersion)
    throw new TriremeError("INVALID_ENCODING", `expected a block's extra of version ${extraVersion}, got ${version}`);
  return readList(fields[1], "mutations").map(mutationFromRlp);
}

const kinds = ["balance", "nonce", "code", "storage"] as const;

function mutationToRlp(mutation: Mutation): RlpItem {
  return [integerToRlp(BigInt(kinds.indexOf(mutation.kind))), mutation.address, ...valuesOf(mutation)];
}

function valuesOf(mutation: Mutation): readonly Uint8Array[] {
  if (mutation.kind === "balance") return [integerToRlp(mutation.wei)];
  if (mutation.kind === "nonce") return [integerToRlp(mutation.nonce)];
  return mutation.kind === "code" ? [mutation.code] : [mutation.key, mutation.value];
}

function mutationFromRlp(item: RlpItem): Mutation {
  const fields = readList(item, "a mutation");
  const kind = kinds[Number(readInteger(fields[0], 1, "a mutation's kind"))];
  const address = readBytes(fields[1], "a mutation's address", 20) as Address;
  switch (kind) {
    case "balance":
      return { kind, address, wei: readInteger(fields[2], 32, "a balance") };
    case "nonce":
      return { kind, address, nonce: readInteger(fields[2], 8, "a nonce") };
    case "code":
      return { kind, address, code: readBytes(fields[2], "code").slice() };
    case "storage":
      return { kind, address, key: readBytes(fields[2], "a slot", 32).slice(), value: readBytes(fields[3], "a slot's value", 32).slice() };
    case undefined:
    default:
      throw new TriremeError("INVALID_ENCODING", "expected a mutation of a kind that is known");
  }
}

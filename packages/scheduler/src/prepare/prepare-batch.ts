/** Decoding and checking a list of transactions, on whichever thread. */
import type { Decoded, FormatRules, TransactionFormat } from "@trireme/core";

/** Decodes and checks transactions, each by the first format that recognizes it; in their order. */
export function prepareBatch(raws: readonly Uint8Array[], formats: readonly TransactionFormat[], rules: FormatRules): Decoded[] {
  return raws.map((raw) => prepareOne(raw, formats, rules));
}

/** Decodes and checks one. */
export function prepareOne(raw: Uint8Array, formats: readonly TransactionFormat[], rules: FormatRules): Decoded {
  const format = formats.find((candidate) => candidate.recognizes(raw));
  return format === undefined ? unknownDialect(raw, formats) : format.decode(raw, rules);
}

function unknownDialect(raw: Uint8Array, formats: readonly TransactionFormat[]): Decoded {
  const start = Buffer.from(raw.subarray(0, 8)).toString("hex");
  const message = `expected a transaction of ${formats.map(({ id }) => id).join(", ")}, got ${raw.length} bytes, 0x${start}...`;
  return { kind: "invalid", error: { code: "unknownDialect", message } };
}

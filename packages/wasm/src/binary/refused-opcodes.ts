/** Instructions of WebAssembly that Stylus does not take, so that a refusal can say what it met. */

/** First and last opcode (behind 0xfc: 0x100 and its number), and what they belong to. */
const refused: readonly (readonly [first: number, last: number, what: string])[] = [
  [0x06, 0x0a, "exception handling"],
  [0x12, 0x13, "a tail call"],
  [0x14, 0x15, "a call of a function reference"],
  [0x18, 0x19, "exception handling"],
  [0x1c, 0x1c, "a typed select (reference types)"],
  [0x1f, 0x1f, "exception handling"],
  [0x25, 0x26, "table.get or table.set (reference types)"],
  [0x5b, 0x66, "a floating-point comparison"],
  [0x8b, 0xa6, "floating-point arithmetic"],
  [0xa8, 0xab, "a conversion from floating point"],
  [0xae, 0xb1, "a conversion from floating point"],
  [0xb2, 0xbb, "a conversion to floating point"],
  [0xd0, 0xd6, "a reference (reference types)"],
  [0xfb, 0xfb, "garbage collection"],
  [0xfd, 0xfd, "SIMD"],
  [0xfe, 0xfe, "threads"],
  [0x100, 0x107, "a conversion from floating point"],
  [0x108, 0x109, "memory.init or data.drop (bulk memory beyond copy and fill)"],
  [0x10c, 0x111, "an instruction on tables (bulk memory beyond copy and fill)"],
];

/** What an opcode that exists but is not accepted belongs to; undefined for one that nobody defines. */
export function refusedOpcode(code: number): string | undefined {
  return refused.find(([first, last]) => code >= first && code <= last)?.[2];
}

// An outcome is the same after it went through bytes, and no other bytes are taken for one.
import {
  bytesToHex,
  equalBytes,
  isTriremeError,
  type Address,
  type ExecutionResult,
  type HaltReason,
  type InvolvedAccount,
  type Pubkey,
  type RefusalReason,
  type TransactionError,
  type TransactionOutcome,
} from "@trireme/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeOutcome } from "./decode-outcome.ts";
import { encodeOutcome } from "./encode-outcome.ts";
import { haltOfCode, refusalOfCode } from "./outcome-codes.ts";

const max = 2n ** 256n - 1n;
/** Small ones, and those beside the borders of words. */
const integer = fc.oneof(
  fc.bigInt(0n, 30_000_000n),
  fc.bigInt(0n, max),
  fc.tuple(fc.integer({ min: 0, max: 256 }), fc.bigInt(-2n, 2n)).map(([bits, off]) => {
    const near = 2n ** BigInt(bits) + off;
    return near < 0n || near > max ? 0n : near;
  }),
);
const signed = fc.oneof(
  integer,
  integer.map((value) => -value),
);
const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const address = bytesOf(20) as fc.Arbitrary<Address>;
const pubkey = bytesOf(32) as fc.Arbitrary<Pubkey>;
const blob = fc.oneof({ weight: 9, arbitrary: fc.uint8Array({ maxLength: 80 }) }, { weight: 1, arbitrary: bytesOf(150) });
/** ASCII, any letters, lone surrogates, byte order marks, lengths about those of the quick paths. */
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom("a", "é", "😀", "\ud800", "\udc00", "\ufeff", "\0") }),
  fc.integer({ min: 40, max: 140 }).map((length) => "x".repeat(length)),
  fc.integer({ min: 1, max: 140 }).map((length) => `${"x".repeat(length)}é`),
);

const fields = fc.dictionary(
  fc.string({ maxLength: 8 }).filter((name) => !["code", "message", "isTemporary"].includes(name)),
  // JSON has no -0.
  fc.jsonValue({ maxDepth: 3 }).map((value): unknown => JSON.parse(JSON.stringify(value))),
  { maxKeys: 3, noNullPrototype: true },
);
const error: fc.Arbitrary<TransactionError> = fc
  .tuple(
    fc.record({ code: text, message: text, isTemporary: fc.boolean() }, { noNullPrototype: true, requiredKeys: ["code", "message"] }),
    fc.option(fields),
  )
  .map(([common, more]) => ({ ...common, ...more }));

const result: fc.Arbitrary<ExecutionResult> = fc.oneof(
  fc.record(
    { kind: fc.constant("success" as const), gasLeft: integer, gasRefund: signed, output: blob, returnedBy: pubkey, created: address },
    { noNullPrototype: true, requiredKeys: ["kind", "gasLeft", "gasRefund", "output"] },
  ),
  fc.record(
    {
      kind: fc.constant("revert" as const),
      gasLeft: integer,
      output: blob,
      refused: fc.constantFrom<RefusalReason[]>(...refusalOfCode),
      error: text,
    },
    { noNullPrototype: true, requiredKeys: ["kind", "gasLeft", "output"] },
  ),
  fc.record(
    {
      kind: fc.constant("halt" as const),
      reason: fc.oneof(
        fc.constantFrom<HaltReason[]>(...haltOfCode),
        fc.tuple(text, text).map(([vm, rule]): HaltReason => `${vm}:${rule}`),
      ),
      detail: text,
    },
    { noNullPrototype: true, requiredKeys: ["kind", "reason"] },
  ),
);
const involved: fc.Arbitrary<InvolvedAccount> = fc.record(
  { pubkey, isWritten: fc.boolean(), before: integer, after: integer, isUnread: fc.boolean() },
  { noNullPrototype: true, requiredKeys: ["pubkey", "isWritten", "before", "after"] },
);
const left = fc.record(
  {
    succeeded: fc.boolean(),
    gasUsed: integer,
    effectiveGasPrice: integer,
    blobGasUsed: integer,
    burnt: integer,
    logs: fc.array(fc.record({ address, topics: fc.array(bytesOf(32), { maxLength: 4 }), data: blob }, { noNullPrototype: true }), {
      maxLength: 4,
    }),
    programLogs: fc.array(text, { maxLength: 4 }),
    result,
    created: fc.option(address, { nil: undefined }),
    extra: blob,
    involved: fc.array(involved, { maxLength: 4 }),
  },
  {
    noNullPrototype: true,
    requiredKeys: ["succeeded", "gasUsed", "effectiveGasPrice", "blobGasUsed", "burnt", "logs", "programLogs", "result", "created"],
  },
);
const outcome: fc.Arbitrary<TransactionOutcome> = fc.oneof(
  { weight: 3, arbitrary: left.map((parts) => ({ kind: "executed" as const, ...parts })) },
  { weight: 1, arbitrary: fc.tuple(error, left).map(([reason, parts]) => ({ kind: "feeOnly" as const, error: reason, ...parts })) },
  { weight: 1, arbitrary: error.map((reason) => ({ kind: "invalid" as const, error: reason })) },
);

const transfer: TransactionOutcome = {
  kind: "executed",
  succeeded: true,
  gasUsed: 21_000n,
  effectiveGasPrice: 10n ** 9n,
  blobGasUsed: 0n,
  burnt: 21_000n * 10n ** 9n,
  logs: [],
  programLogs: [],
  result: { kind: "success", gasLeft: 0n, gasRefund: 0n, output: new Uint8Array(0) },
  created: undefined,
};

const halted: TransactionOutcome = { ...transfer, result: { kind: "halt", reason: "a:b" } };
const why = { code: "", message: "", a: 1 };
const refused: TransactionOutcome = { kind: "invalid", error: why };
const textOf = (text: string): readonly number[] => [text.length * 2, ...Buffer.from(text)];

/** Whether the bytes are refused as they should be; what they mean otherwise. */
function decodeOrRefuse(bytes: Uint8Array): TransactionOutcome | undefined {
  try {
    return decodeOutcome(bytes);
  } catch (thrown) {
    if (!isTriremeError(thrown) || thrown.code !== "INVALID_ENCODING") throw thrown;
    return undefined;
  }
}

describe("an outcome as bytes", () => {
  it("is read back as it was, what is absent included", () => {
    const isSame = fc.property(outcome, (each) => {
      expect(decodeOutcome(encodeOutcome(each))).toStrictEqual(each);
    });
    fc.assert(isSame, { numRuns: 300 });
  });

  it("is told from any damaged form: what is read at all is written as the same bytes", () => {
    const damage = fc.tuple(fc.constantFrom("set", "insert", "remove", "cut"), fc.nat(), fc.integer({ min: 0, max: 255 }));
    let refusals = 0;
    fc.assert(
      fc.property(outcome, fc.array(damage, { minLength: 1, maxLength: 3 }), (each, damages) => {
        let bytes = [...encodeOutcome(each)];
        for (const [kind, place, value] of damages) {
          // Most of the structure stands at the front of most outcomes.
          const at = place % Math.min(bytes.length + 1, 200);
          if (kind === "set" && at < bytes.length) bytes[at] = value;
          else if (kind === "insert") bytes.splice(at, 0, value);
          else if (kind === "remove") bytes.splice(at, 1);
          else bytes = bytes.slice(0, at);
        }
        const read = decodeOrRefuse(Uint8Array.from(bytes));
        if (read === undefined) refusals++;
        else expect(bytesToHex(encodeOutcome(read))).toBe(bytesToHex(Uint8Array.from(bytes)));
      }),
      { numRuns: 600 },
    );
    expect(refusals).toBeGreaterThan(100);
  });

  it("is not any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const read = decodeOrRefuse(bytes);
        if (read !== undefined) expect(encodeOutcome(read)).toEqual(bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["a shorter number", transfer, [2, 8, 82], [3, 8, 82, 0]],
    ["a number of fewer bits", transfer, [2, 8, 82], [7, 255, 255, 255, 255, 255, 255, 255]],
    ["a shorter count", transfer, [0, 0, 0, 0, 0, 0], [128, 0, 0, 0, 0, 0, 0]],
    ["a count below 2^32", transfer, [0, 0, 0, 0, 0, 0], [255, 255, 255, 255, 31, 0, 0, 0, 0, 0]],
    ["a shorter reason of a halt", halted, textOf("a:b"), textOf("outOfGas")],
    ["JSON without spaces", refused, textOf('{"a":1}'), textOf('{"a": 1}')],
    ["JSON", refused, textOf('{"a":1}'), textOf('{"a":1')],
    ["JSON of fields", refused, textOf('{"a":1}'), textOf("[1]")],
    ["JSON of a field or more", refused, textOf('{"a":1}'), textOf("{}")],
    ["JSON of other fields", refused, textOf('{"a":1}'), textOf('{"code":1}')],
    ["a flag that is there", refused, [4, ...textOf('{"a":1}')], [6, ...textOf('{"a":1}')]],
    ["a known flag", refused, [4, ...textOf('{"a":1}')], [12, ...textOf('{"a":1}')]],
  ])("has one form only: %s", (_what, each, part, other) => {
    const bytes = [...encodeOutcome(each)];
    const at = bytes.findIndex((_, start) => part.every((byte, place) => bytes[start + place] === byte));
    expect(at).toBeGreaterThan(0);
    expect(decodeOrRefuse(Uint8Array.from([...bytes.slice(0, at), ...other, ...bytes.slice(at + part.length)]))).toBeUndefined();
  });

  it("of a transfer is 24 bytes", () => {
    expect(encodeOutcome(transfer)).toHaveLength(24);
  });

  it.each([5_000, 3_000_000])("takes %i bytes in a field, and small ones after it", (length) => {
    const extra = new Uint8Array(length).fill(7);
    const read = decodeOutcome(encodeOutcome({ ...transfer, extra, programLogs: ["é".repeat(length)] }));
    const { extra: got, ...rest } = read as typeof transfer & { readonly extra: Uint8Array };
    expect(equalBytes(got, extra)).toBe(true);
    expect(rest).toStrictEqual({ ...transfer, programLogs: ["é".repeat(length)] });
    expect(decodeOutcome(encodeOutcome(transfer))).toStrictEqual(transfer);
  });

  it("is copied out of shared memory and out of a Buffer", () => {
    const each: TransactionOutcome = { ...transfer, programLogs: ["é".repeat(60)], extra: new Uint8Array(70).fill(7) };
    const bytes = encodeOutcome(each);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 8), 8);
    shared.set(bytes);
    const buffer = Buffer.from(bytes);
    const read = [decodeOutcome(shared), decodeOutcome(buffer)];
    shared.fill(0);
    buffer.fill(0);
    expect(read).toStrictEqual([each, each]);
  });

  it("keeps of an error's fields those that JSON has a form for", () => {
    const given = { code: "a", message: "b", solana: { InstructionError: [0, "Custom"] }, amount: 1n, run: () => 0, at: undefined };
    const { amount: _amount, run: _run, at: _at, ...kept } = given;
    expect(decodeOutcome(encodeOutcome({ kind: "invalid", error: given }))).toStrictEqual({ kind: "invalid", error: kept });
  });

  it("refuses to write what breaks its contract, and writes the next one as ever", () => {
    const short = { ...transfer, created: new Uint8Array(19) as Address };
    expect(() => encodeOutcome(short)).toThrow("expected 20 bytes, got 19");
    expect(() => encodeOutcome({ ...transfer, burnt: 2n ** 256n })).toThrow("at most 256 bits");
    expect(decodeOutcome(encodeOutcome(transfer))).toStrictEqual(transfer);
  });
});

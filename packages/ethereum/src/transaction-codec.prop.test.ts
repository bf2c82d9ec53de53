import { addressFromBytes, emptyBytes, isTriremeError, type Address } from "@trireme/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeKnownTransaction } from "./decode-transaction.ts";
import { decodeRlp, encodeRlp, integerToRlp, readBytes, readInteger, readList, type RlpItem } from "./rlp.ts";
import { decodeSignedTransaction, decodeUnsignedTransaction, encodeUnsignedTransaction } from "./transaction-codec.ts";

// The same fields read the long way: a tree of all items first, then each of them.
type Read = (item: RlpItem | undefined) => unknown;
const integer =
  (maxBytes: number): Read =>
  (item) =>
    readInteger(item, maxBytes, "it");
const bytes =
  (length?: number): Read =>
  (item) =>
    readBytes(item, "it", length);
const list =
  (read: Read): Read =>
  (item) =>
    readList(item, "it").map(read);
const tuple =
  (...reads: readonly Read[]): Read =>
  (item) => {
    const items = readList(item, "it", reads.length);
    return reads.map((read, index) => read(items[index]));
  };
const recipient: Read = (item) => (readBytes(item, "to").length === 0 ? undefined : readBytes(item, "to", 20));
const fee = integer(32);
const call = [integer(8), recipient, integer(32), bytes()];
const accessList = list(tuple(bytes(20), list(bytes(32))));
const authorization = tuple(integer(32), bytes(20), integer(8), integer(1), integer(32), integer(32));
const typed: Readonly<Record<number, readonly Read[]>> = {
  1: [integer(32), integer(8), fee, ...call, accessList],
  2: [integer(32), integer(8), fee, fee, ...call, accessList],
  3: [integer(32), integer(8), fee, fee, ...call, accessList, fee, list(bytes(32))],
  4: [integer(32), integer(8), fee, fee, ...call, accessList, list(authorization)],
};
const legacy = [integer(8), fee, ...call];
const isV = (v: unknown): boolean => v === 27n || v === 28n || (v as bigint) >= 35n;

function readSlowly(raw: Uint8Array): unknown {
  const type = raw[0] as number;
  const reads = typed[type];
  if (reads !== undefined) return tuple(...reads, integer(1), integer(32), integer(32))(decodeRlp(raw.subarray(1)));
  if (!(type >= 0xc0)) throw new Error("expected another type");
  const fields = tuple(...legacy, integer(32), integer(32), integer(32))(decodeRlp(raw)) as readonly unknown[];
  if (!isV(fields[6])) throw new Error("expected another v");
  return fields;
}

function readUnsignedSlowly(raw: Uint8Array): unknown {
  const reads = typed[raw[0] as number];
  if (reads !== undefined) return tuple(...reads)(decodeRlp(raw.subarray(1)));
  const item = decodeRlp(raw);
  return tuple(...(item.length === 6 ? legacy : [...legacy, integer(32), bytes(0), bytes(0)]))(item);
}

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const bytes20 = fc.uint8Array({ minLength: 20, maxLength: 20 });
const quantity = fc
  .oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 96n), fc.bigInt(0n, 2n ** 256n - 1n))
  .map(integerToRlp);
const short = fc.bigInt(0n, 2n ** 64n - 1n).map(integerToRlp);
const callItems = [short, fc.oneof(bytes20, fc.constant(emptyBytes)), quantity, fc.uint8Array({ maxLength: 80 })] as const;
const accessItems = fc.array(fc.tuple(bytes20, fc.array(bytes32, { maxLength: 3 })), { maxLength: 3 });
const bit = fc.constantFrom(emptyBytes, Uint8Array.of(1));
const tupleItems = fc.tuple(quantity, bytes20, short, bit, quantity, quantity);
const v = fc.oneof(fc.constantFrom(27n, 28n, 35n, 2710n, 30n), fc.bigInt(0n, 2n ** 256n - 1n)).map(integerToRlp);
const fees = [quantity, quantity] as const;
const items: fc.Arbitrary<readonly [number, readonly RlpItem[]]> = fc.oneof(
  fc.tuple(fc.constant(0), fc.tuple(short, quantity, ...callItems, v, quantity, quantity)),
  fc.tuple(fc.constant(1), fc.tuple(quantity, short, quantity, ...callItems, accessItems, bit, ...fees)),
  fc.tuple(fc.constant(2), fc.tuple(quantity, short, ...fees, ...callItems, accessItems, bit, ...fees)),
  fc.tuple(
    fc.constant(3),
    fc.tuple(quantity, short, ...fees, ...callItems, accessItems, quantity, fc.array(bytes32, { maxLength: 2 }), bit, ...fees),
  ),
  fc.tuple(
    fc.constant(4),
    fc.tuple(quantity, short, ...fees, ...callItems, accessItems, fc.array(tupleItems, { maxLength: 2 }), bit, ...fees),
  ),
);

/** Another item in the place of one, or one more or less, at any depth. */
const stranger: fc.Arbitrary<RlpItem> = fc.oneof(
  fc.constantFrom<RlpItem>(emptyBytes, Uint8Array.of(0), Uint8Array.of(0, 1), [], [[]], new Uint8Array(19), new Uint8Array(33).fill(9)),
  fc.uint8Array({ maxLength: 60 }),
);
function exchange(list: readonly RlpItem[], path: readonly number[], change: number, item: RlpItem): readonly RlpItem[] {
  const at = (path[0] as number) % (list.length + 1);
  const inner = list[at];
  if (Array.isArray(inner) && path.length > 1) return list.with(at, exchange(inner as readonly RlpItem[], path.slice(1), change, item));
  return list.toSpliced(at, change === 0 ? 0 : 1, ...(change === 1 ? [] : [item]));
}

const encoded = ([type, list]: readonly [number, readonly RlpItem[]]): Uint8Array => {
  const rlp = encodeRlp(list);
  return type === 0 ? rlp : Uint8Array.of(type, ...rlp);
};
const exchanged = fc
  .tuple(items, fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }), fc.nat(2), stranger)
  .map(([[type, list], path, change, item]) => encoded([type, exchange(list, path, change, item)]));
const damaged = fc
  .tuple(
    items,
    fc.nat(),
    fc.nat(2),
    fc.oneof(fc.constantFrom(0, 0x7f, 0x80, 0x81, 0xb8, 0xb9, 0xbf, 0xc0, 0xf8, 0xff), fc.nat(255)),
    fc.boolean(),
  )
  .map(([each, place, change, byte, isNear]) => {
    const raw = [...encoded(each)];
    raw.splice(place % (isNear ? 8 : raw.length), change === 0 ? 0 : 1, ...(change === 1 ? [] : [byte]));
    return Uint8Array.from(raw);
  });
/** RLP whose header number `turn` is longer than it has to be. */
function encodeAtLength(item: RlpItem, turn: { left: number }, zeros: number): number[] {
  const isOdd = turn.left-- === 0;
  const isList = !(item instanceof Uint8Array);
  const payload = isList ? item.flatMap((inner) => encodeAtLength(inner, turn, zeros)) : [...item];
  if (!isOdd && !isList && payload.length === 1 && (payload[0] as number) < 0x80) return payload;
  const kind = isList ? 0xc0 : 0x80;
  if (payload.length < 56 && !(isOdd && zeros < 2)) return [kind + payload.length, ...payload];
  const length = payload.length < 256 ? [payload.length] : [payload.length >> 8, payload.length & 255];
  const shown = isOdd && zeros === 1 ? [0, ...length] : length;
  return [kind + 55 + shown.length, ...shown, ...payload];
}
const lengthy = fc.tuple(items, fc.nat(30), fc.nat(2)).map(([[type, list], left, zeros]) => {
  const rlp = encodeAtLength(list, { left }, zeros);
  return Uint8Array.from(type === 0 ? rlp : [type, ...rlp]);
});
const anyBytes = fc.oneof(items.map(encoded), exchanged, lengthy, damaged, fc.uint8Array({ maxLength: 40 }));

/** What a reader made of bytes; every refusal must have a code. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (isTriremeError(error)) expect(error.code).toBe("INVALID_ENCODING");
    return "refused";
  }
}

test("signed transactions are accepted and read as they are from a tree of their items", () => {
  let accepted = 0;
  fc.assert(
    fc.property(anyBytes, (raw) => {
      const theirs = outcome(() => readSlowly(raw));
      const ours = outcome(() => decodeSignedTransaction(raw)) as ReturnType<typeof decodeSignedTransaction> | "refused";
      const known = outcome(() => decodeKnownTransaction(raw, new Uint8Array(20) as Address)) as
        | ReturnType<typeof decodeKnownTransaction>
        | "refused";
      expect([ours === "refused", known === "refused"]).toEqual(theirs === "refused" ? [true, true] : [false, false]);
      if (ours === "refused" || known === "refused") return;
      accepted++;
      const { unsigned, signature, signed } = ours;
      expect(signed).toEqual(encodeUnsignedTransaction(unsigned));
      expect(fieldsOf(unsigned, signature)).toEqual(theirs);
      expect(known).toMatchObject({ ...unsigned, signature });
    }),
    { numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(500);
});

test("unsigned transactions are accepted as they are from a tree of their items", () => {
  const cut = items.map(([type, list]) => encoded([type, list.slice(0, type === 0 ? 6 : -3)]));
  const empty = items.map(([type, list]) =>
    encoded([type, type === 0 ? [...list.slice(0, 7), emptyBytes, emptyBytes] : list.slice(0, -3)]),
  );
  fc.assert(
    fc.property(fc.oneof(anyBytes, cut, empty), (raw) => {
      const theirs = outcome(() => ((raw[0] ?? 0) >= 0xc0 || typed[raw[0] ?? 0] !== undefined ? readUnsignedSlowly(raw) : "refused"));
      const ours = outcome(() => decodeUnsignedTransaction(raw)) as ReturnType<typeof decodeUnsignedTransaction> | "refused";
      expect(ours === "refused").toBe(theirs === "refused");
      if (ours !== "refused") expect(encodeUnsignedTransaction(ours)).toEqual(raw);
    }),
    { numRuns: 1500 },
  );
});

function fieldsOf(
  unsigned: ReturnType<typeof decodeSignedTransaction>["unsigned"],
  { yParity, r, s }: ReturnType<typeof decodeSignedTransaction>["signature"],
): readonly unknown[] {
  const { type, chainId, nonce, gasLimit, to, value, data, maxFeePerGas, maxPriorityFeePerGas } = unsigned;
  const called = [gasLimit, to && addressFromBytes(to), value, data];
  if (type === 0) return [nonce, maxFeePerGas, ...called, BigInt(yParity) + (chainId === undefined ? 27n : 35n + 2n * chainId), r, s];
  const entries = unsigned.accessList.map(({ address, storageKeys }) => [address, storageKeys]);
  const tips = type === 1 ? [maxFeePerGas] : [maxPriorityFeePerGas, maxFeePerGas];
  const tuples = unsigned.authorizationList.map((each) => [each.chainId, each.address, each.nonce, BigInt(each.yParity), each.r, each.s]);
  const extras = type === 3 ? [unsigned.maxFeePerBlobGas, unsigned.blobVersionedHashes] : type === 4 ? [tuples] : [];
  return [chainId, nonce, ...tips, ...called, entries, ...extras, BigInt(yParity), r, s];
}

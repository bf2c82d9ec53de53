// Random types of IDLs in both spellings, with random values and Borsh written by hand as the oracle.
import fc from "fast-check";
import { getAddressDecoder } from "@solana/kit";

/** A type in every spelling, and its values. */
export interface BorshCase {
  readonly anchor: unknown;
  readonly codama: unknown;
  readonly value: fc.Arbitrary<unknown>;
  readonly encode: (value: never) => number[];
  readonly anchorTypes: readonly unknown[];
  readonly codamaTypes: readonly unknown[];
}

const little = (value: bigint | number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 0xffn));
const number = (format: string) => ({ kind: "numberTypeNode", format, endian: "le" });
const plain = (anchor: unknown, codama: unknown, value: fc.Arbitrary<unknown>, encode: (value: never) => number[]): BorshCase => ({
  anchor,
  codama,
  value,
  encode,
  anchorTypes: [],
  codamaTypes: [],
});
const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
// A decoder of @solana/kit drops NUL.
const text = fc.string({ unit: "grapheme", maxLength: 8 }).filter((value) => !value.includes("\0"));
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const decoder = getAddressDecoder();

function integer(isSigned: boolean, bits: number): BorshCase {
  const name = `${isSigned ? "i" : "u"}${bits}`;
  const min = isSigned ? -(2n ** BigInt(bits - 1)) : 0n;
  const max = 2n ** BigInt(isSigned ? bits - 1 : bits) - 1n;
  const wide = fc.bigInt({ min, max });
  return plain(name, number(name), bits > 32 ? wide : wide.map(Number), (value) => little(value, bits / 8));
}

const leaves: fc.Arbitrary<BorshCase> = fc.oneof(
  fc.constantFrom(...[true, false].flatMap((isSigned) => [8, 16, 32, 64, 128].map((bits) => integer(isSigned, bits)))),
  fc.constant(plain("bool", { kind: "booleanTypeNode", size: number("u8") }, fc.boolean(), (value) => [value ? 1 : 0])),
  fc.constant(
    plain(
      "pubkey",
      { kind: "publicKeyTypeNode" },
      bytes(32).map((key) => decoder.decode(key)),
      (value) => [...base58(value)],
    ),
  ),
  fc.constant(
    plain(
      "string",
      { kind: "sizePrefixTypeNode", type: { kind: "stringTypeNode", encoding: "utf8" }, prefix: number("u32") },
      text,
      (value) => [...little(utf8(value).length, 4), ...utf8(value)],
    ),
  ),
  fc.constant(
    plain(
      "bytes",
      { kind: "sizePrefixTypeNode", type: { kind: "bytesTypeNode" }, prefix: number("u32") },
      fc.uint8Array({ maxLength: 8 }),
      (value: never) => [...little((value as Uint8Array).length, 4), ...(value as Uint8Array)],
    ),
  ),
  fc
    .integer({ min: 1, max: 40 })
    .map((length) =>
      plain(
        { array: ["u8", length] },
        { kind: "fixedSizeTypeNode", type: { kind: "bytesTypeNode" }, size: length },
        bytes(length),
        (value) => [...(value as Uint8Array)],
      ),
    ),
);

function base58(text: string): Uint8Array {
  let value = 0n;
  for (const letter of text) value = value * 58n + BigInt("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".indexOf(letter));
  return Uint8Array.from(little(value, 32).reverse());
}

let next = 0;
const types = (inner: readonly BorshCase[]) => ({
  anchorTypes: inner.flatMap((one) => one.anchorTypes),
  codamaTypes: inner.flatMap((one) => one.codamaTypes),
});
const names = ["amount", "from", "Delete", "some_value", "class", "x1"];
const fieldsOf = (inner: readonly BorshCase[]) => ({
  anchor: inner.map(({ anchor: type }, index) => ({ name: names[index], type })),
  codama: inner.map(({ codama: type }, index) => ({ kind: "structFieldTypeNode", name: names[index], type })),
  keys: ["amount", "from", "delete", "someValue", "class", "x1"].slice(0, inner.length),
});
const recordOf = (inner: readonly BorshCase[]): fc.Arbitrary<Record<string, unknown>> => {
  const { keys } = fieldsOf(inner);
  return fc.tuple(...inner.map(({ value }) => value)).map((values) => Object.fromEntries(keys.map((key, index) => [key, values[index]])));
};
const encodeRecord = (inner: readonly BorshCase[], value: Readonly<Record<string, unknown>>): number[] =>
  fieldsOf(inner).keys.flatMap((key, index) => (inner[index] as BorshCase).encode(value[key] as never));

function list(item: BorshCase): BorshCase {
  // Lists of bytes are bytes.
  if (item.anchor === "u8") return item;
  return {
    anchor: { vec: item.anchor },
    codama: { kind: "arrayTypeNode", item: item.codama, count: { kind: "prefixedCountNode", prefix: number("u32") } },
    value: fc.array(item.value, { maxLength: 3 }),
    encode: (value: readonly never[]) => [...little(value.length, 4), ...value.flatMap((one) => item.encode(one))],
    ...types([item]),
  };
}

function array(item: BorshCase, count: number): BorshCase {
  if (item.anchor === "u8") return item;
  return {
    anchor: { array: [item.anchor, count] },
    codama: { kind: "arrayTypeNode", item: item.codama, count: { kind: "fixedCountNode", value: count } },
    value: fc.array(item.value, { minLength: count, maxLength: count }),
    encode: (value: readonly never[]) => value.flatMap((one) => item.encode(one)),
    ...types([item]),
  };
}

function option(item: BorshCase): BorshCase {
  if (isOption(item)) return item;
  return {
    anchor: { option: item.anchor },
    codama: { kind: "optionTypeNode", item: item.codama, prefix: number("u8"), fixed: false },
    value: fc.option(item.value),
    encode: (value: never) => (value === null ? [0] : [1, ...item.encode(value)]),
    ...types([item]),
  };
}

/** `COption`: a tag of four bytes, and room for the item in any case. */
function fixedOption(item: BorshCase): BorshCase {
  const size = typeof item.anchor === "string" && /^(pubkey|[ui]\d+)$/.test(item.anchor) ? item.encode : undefined;
  if (size === undefined) return item;
  const bytes = item.anchor === "pubkey" ? 32 : Number((item.anchor as string).slice(1)) / 8;
  return {
    ...item,
    anchor: { coption: item.anchor },
    codama: { kind: "optionTypeNode", item: item.codama, prefix: number("u32"), fixed: true },
    value: fc.option(item.value),
    encode: (value: never) => (value === null ? Array.from({ length: 4 + bytes }, () => 0) : [1, 0, 0, 0, ...item.encode(value)]),
  };
}

function isOption({ anchor }: BorshCase): boolean {
  return typeof anchor === "object" && anchor !== null && ("option" in anchor || "coption" in anchor);
}

function struct(inner: readonly BorshCase[]): BorshCase {
  const name = `Record${next++}`;
  const { anchor, codama } = fieldsOf(inner);
  const below = types(inner);
  return {
    anchor: { defined: { name } },
    codama: { kind: "definedTypeLinkNode", name },
    value: recordOf(inner),
    encode: (value: never) => encodeRecord(inner, value),
    anchorTypes: [...below.anchorTypes, { name, type: { kind: "struct", fields: anchor } }],
    codamaTypes: [...below.codamaTypes, { kind: "definedTypeNode", name, type: { kind: "structTypeNode", fields: codama } }],
  };
}

function choice(variants: readonly (readonly BorshCase[])[]): BorshCase {
  const name = `Choice${next++}`;
  const isScalar = variants.every((fields) => fields.length === 0);
  const below = types(variants.flat());
  const cases = variants.map((fields, index) =>
    isScalar ? fc.constant(`V${index}`) : recordOf(fields).map((value) => ({ __kind: `V${index}`, ...value })),
  );
  return {
    anchor: { defined: { name } },
    codama: { kind: "definedTypeLinkNode", name },
    value: fc.oneof(...cases),
    encode: (value: string | { readonly __kind: string }) => {
      const index = Number((typeof value === "string" ? value : value.__kind).slice(1));
      return [index, ...(typeof value === "string" ? [] : encodeRecord(variants[index] as BorshCase[], value))];
    },
    anchorTypes: [
      ...below.anchorTypes,
      {
        name,
        type: {
          kind: "enum",
          variants: variants.map((fields, index) => ({
            name: `V${index}`,
            ...(fields.length === 0 ? {} : { fields: fieldsOf(fields).anchor }),
          })),
        },
      },
    ],
    codamaTypes: [
      ...below.codamaTypes,
      {
        kind: "definedTypeNode",
        name,
        type: {
          kind: "enumTypeNode",
          size: number("u8"),
          variants: variants.map((fields, index) =>
            fields.length === 0
              ? { kind: "enumEmptyVariantTypeNode", name: `v${index}` }
              : {
                  kind: "enumStructVariantTypeNode",
                  name: `v${index}`,
                  struct: { kind: "structTypeNode", fields: fieldsOf(fields).codama },
                },
          ),
        },
      },
    ],
  };
}

const { type } = fc.letrec<{ type: BorshCase }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaves,
    tie("type").map(list),
    fc.tuple(tie("type"), fc.integer({ min: 1, max: 3 })).map(([item, count]) => array(item, count)),
    tie("type").map(option),
    tie("type").map(fixedOption),
    fc.array(tie("type"), { minLength: 1, maxLength: 4 }).map(struct),
    fc.array(fc.array(tie("type"), { maxLength: 2 }), { minLength: 1, maxLength: 3 }).map(choice),
  ),
}));

/** A program with one instruction, in both spellings, and arguments for it. */
export interface ProgramCase {
  readonly anchor: unknown;
  readonly codama: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  /** The instruction's data. */
  readonly data: Uint8Array;
}

const program = "HhCC3ygZ2fjwPJJyPm2wFTgQsWn6vWdMjNd1Cw5e5Gs6";

/** Random programs. */
export const programCases: fc.Arbitrary<ProgramCase> = fc
  .array(type, { minLength: 1, maxLength: 5 })
  .chain((inner) => fc.tuple(fc.constant(inner), recordOf(inner)))
  .map(([inner, args]) => {
    const { anchor, codama } = fieldsOf(inner);
    const below = types(inner);
    const discriminator = {
      kind: "instructionArgumentNode",
      name: "tag",
      type: number("u16"),
      defaultValue: { kind: "numberValueNode", number: 0x0807 },
      defaultValueStrategy: "omitted",
    };
    return {
      args,
      data: Uint8Array.from([7, 8, ...encodeRecord(inner, args)]),
      anchor: {
        address: program,
        metadata: { name: "sample" },
        instructions: [{ name: "run", discriminator: [7, 8], accounts: [], args: anchor }],
        types: below.anchorTypes,
      },
      codama: {
        kind: "rootNode",
        program: {
          kind: "programNode",
          name: "sample",
          publicKey: program,
          definedTypes: below.codamaTypes,
          instructions: [
            {
              kind: "instructionNode",
              name: "run",
              accounts: [],
              arguments: [discriminator, ...codama.map((field) => ({ ...field, kind: "instructionArgumentNode" }))],
            },
          ],
        },
      },
    };
  });

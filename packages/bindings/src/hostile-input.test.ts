/** Documents from outside: whatever they say, they are refused with the place and the reason, or the text that comes out is harmless. */
import { isTriremeError } from "@trireme/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateBindings, type BindingOptions } from "./generate-bindings.ts";
import { functionCases } from "./test/abi-cases.mts";
import { programCases } from "./test/borsh-cases.mts";

const program = "HhCC3ygZ2fjwPJJyPm2wFTgQsWn6vWdMjNd1Cw5e5Gs6";

/** The message with which a document is refused. */
function refusal(document: unknown, options: Partial<BindingOptions> = {}): string {
  try {
    generateBindings({ document, ...options });
  } catch (error) {
    if (isTriremeError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error("it was not refused");
}

const method = (rest: object) => [{ type: "function", name: "run", inputs: [], outputs: [], stateMutability: "view", ...rest }];
const anchor = (rest: object, instruction: object = {}) => ({
  address: program,
  metadata: { name: "sample" },
  instructions: [{ name: "run", discriminator: [1], accounts: [], args: [], ...instruction }],
  ...rest,
});
const codama = (rest: object) => ({
  kind: "rootNode",
  program: {
    kind: "programNode",
    name: "sample",
    publicKey: program,
    instructions: [{ name: "run", accounts: [], arguments: [] }],
    ...rest,
  },
});
const u8 = { kind: "numberTypeNode", format: "u8", endian: "le" };
const argument = (type: unknown) =>
  codama({
    instructions: [
      { name: "run", accounts: [], arguments: [{ name: "a", type }] },
      { name: "other", accounts: [], arguments: [] },
    ],
  });

describe("documents that are refused", () => {
  it.each<[string, unknown, string]>([
    ["a number", 5, "$: expected an ABI or an IDL, got 5"],
    [
      "an empty object",
      {},
      "$: expected an ABI (a list, or an object with abi or contracts), an Anchor IDL (an object with instructions) or a Codama IDL (kind rootNode), got an object with 0 members",
    ],
    [
      "an entry of no kind",
      [{ type: "class" }],
      '$[0].type: expected one of function, event, error, constructor, receive, fallback, got "class"',
    ],
    [
      "a name that ends a text",
      method({ name: 'a"; evil()' }),
      '$[0].name: expected a name (letters, digits, _ and $, at most 128 characters), got "a\\"; evil()"',
    ],
    [
      "a parameter's name that breaks a line",
      method({ inputs: [{ name: "a\nb", type: "bool" }] }),
      '$[0].inputs[0].name: expected a name (letters, digits, _ and $, at most 128 characters), got "a\\nb"',
    ],
    [
      "a type that is code",
      method({ inputs: [{ name: "a", type: "uint256 x) external; //" }] }),
      '$[0].inputs[0].type: expected a type of the ABI, got "uint256 x) external; //"',
    ],
    [
      "a width that there is not",
      method({ inputs: [{ name: "a", type: "uint7" }] }),
      '$[0].inputs[0].type: expected a type of the ABI (bool, address, string, bytes, bytes1..32, uint8..256, int8..256, tuple and arrays of them), got "uint7"',
    ],
    [
      "an array of nothing",
      method({ inputs: [{ name: "a", type: "bool[0]" }] }),
      '$[0].inputs[0].type: expected an array of 1 to 65536 items, got "bool[0]"',
    ],
    [
      "an array without end",
      method({ inputs: [{ name: "a", type: "bool[60000][60000]" }] }),
      '$[0].inputs[0].type: expected a type of at most 65536 words, got "bool[60000][60000]"',
    ],
    [
      "an empty tuple",
      method({ inputs: [{ name: "a", type: "tuple", components: [] }] }),
      "$[0].inputs[0].components: expected at least one component, got a list of 0",
    ],
    [
      "too many indexed values",
      [{ type: "event", name: "E", inputs: Array.from({ length: 4 }, () => ({ name: "", type: "bool", indexed: true })) }],
      "$[0].inputs: expected at most 3 indexed parameters (there are 4), got a list of 4",
    ],
    [
      "two functions with one selector",
      [
        ...method({ name: "collate_propagate_storage", inputs: [{ type: "bytes16" }] }),
        ...method({ name: "burn", inputs: [{ type: "uint256" }] }),
      ],
      "$[1]: expected a selector of its own for burn(uint256), which has that of collate_propagate_storage(bytes16), got an object with 5 members",
    ],
    [
      "a program without a pubkey",
      { ...anchor({}), address: undefined },
      "$.address: expected the program's pubkey (--program gives it where the IDL does not), got nothing",
    ],
    ["a pubkey that is none", anchor({ address: "0OIl" }), '$.address: expected a pubkey in base58, got "0OIl"'],
    [
      "a discriminator of words",
      anchor({}, { discriminator: [256] }),
      "$.instructions[0].discriminator[0]: expected an integer from 0 to 255, got 256",
    ],
    [
      "a type that nobody defines",
      anchor({}, { args: [{ name: "a", type: { defined: { name: "Nowhere" } } }] }),
      '$.instructions[0].args[0].type.defined.name: expected the name of a type that the IDL defines, got "Nowhere"',
    ],
    [
      "a type in itself",
      anchor(
        { types: [{ name: "A", type: { kind: "struct", fields: [{ name: "a", type: { vec: { defined: { name: "A" } } } }] } }] },
        { args: [{ name: "a", type: { defined: { name: "A" } } }] },
      ),
      '$.types[0].type.fields[0].type.vec.defined.name: expected a type that does not contain itself (A > A), got "A"',
    ],
    [
      "one type twice",
      anchor({ types: [{ name: "A" }, { name: "A" }] }),
      "$.types[1]: expected a name of its own, not that of $.types[0], got an object with 1 members",
    ],
    [
      "one argument twice",
      anchor(
        {},
        {
          args: [
            { name: "a", type: "u8" },
            { name: "a", type: "u8" },
          ],
        },
      ),
      "$.instructions[0].args[1]: expected a name of its own, not that of $.instructions[0].args[0], got an object with 2 members",
    ],
    [
      "nothing but floats",
      anchor({}, { args: [{ name: "a", type: "f32" }] }),
      "$: expected at least one instruction or account that can be bound, got an object with 3 members",
    ],
    ["a Codama IDL of another node", codama({ kind: "accountNode" }), '$.program.kind: expected "programNode", got "accountNode"'],
  ])("%s", (_, document, message) => {
    expect(refusal(document)).toBe(`INVALID_ARGUMENT ${message}`);
  });

  it("a name that is none", () => {
    const paths = generateBindings({ document: method({}), name: "../evil", languages: ["solidity"] }).files.map(({ path }) => path);
    expect(paths).toEqual(["solidity/IEvil.sol"]);
    expect(refusal(method({}), { name: "€" })).toBe('INVALID_ARGUMENT --name: expected a name of letters and digits, got "€"');
  });
});

describe("what has no binding", () => {
  it.each<[string, unknown, string]>([
    [
      "floats",
      argument({ kind: "numberTypeNode", format: "f32", endian: "le" }),
      'instruction run is left out: $.program.instructions[0].arguments[0].type.format: expected a format from u8 to u128 or i8 to i128, got "f32"',
    ],
    [
      "big-endian numbers",
      argument({ kind: "numberTypeNode", format: "u16", endian: "be" }),
      'instruction run is left out: $.program.instructions[0].arguments[0].type.endian: expected le, got "be"',
    ],
    [
      "maps",
      argument({ kind: "mapTypeNode", key: u8, value: u8 }),
      'instruction run is left out: $.program.instructions[0].arguments[0].type.kind: expected a type that can be bound, got "mapTypeNode"',
    ],
    [
      "options of options",
      argument({ kind: "optionTypeNode", item: { kind: "optionTypeNode", item: u8 } }),
      "instruction run is left out: $.program.instructions[0].arguments[0].type.item: expected an option of a value, not of an option, got an object with 2 members",
    ],
    [
      "lists that go on to the end",
      argument({ kind: "arrayTypeNode", item: { kind: "publicKeyTypeNode" }, count: { kind: "remainderCountNode" } }),
      "instruction run is left out: $.program.instructions[0].arguments[0].type.count: expected a list with its length before it, got an object with 1 members",
    ],
    [
      "generics",
      anchor({
        types: [{ name: "A", generics: [{ kind: "type", name: "T" }], type: { kind: "struct" } }],
        instructions: [
          { name: "run", discriminator: [1], accounts: [], args: [{ name: "a", type: { defined: { name: "A" } } }] },
          { name: "other", discriminator: [1], accounts: [], args: [] },
        ],
      }),
      "instruction run is left out: $.types[0].generics: expected a type without generics, got a list of 1",
    ],
  ])("is left out with the reason: %s", (_, document, warning) => {
    const { warnings, files } = generateBindings({ document });
    expect(warnings).toEqual([warning]);
    expect(files.length).toBeGreaterThan(0);
  });
});

/** Every place of a document, with what stands there replaced. */
function* replaced(document: unknown, by: unknown): Generator {
  yield by;
  if (Array.isArray(document)) {
    for (const [index, item] of document.entries())
      for (const inner of replaced(item, by)) yield document.map((other: unknown, at) => (at === index ? inner : other));
  } else if (typeof document === "object" && document !== null) {
    for (const [key, item] of Object.entries(document)) for (const inner of replaced(item, by)) yield { ...document, [key]: inner };
  }
}

const marker = "*/ evil\"'`\n${evil()} //";

describe("hostile values", () => {
  const documents = fc.oneof(
    functionCases.map(({ inputs, outputs }) => method({ inputs, outputs }) as unknown),
    programCases.chain(({ anchor: one, codama: other }) => fc.constantFrom(one, other)),
  );
  const evil = fc.oneof(
    fc.constant(marker),
    fc.constantFrom<unknown>(null, -1, 1e300, "", [], {}, true, "__proto__", "constructor"),
    fc.jsonValue(),
  );

  it("in any place end in a refusal, or never reach the text", () => {
    fc.assert(
      fc.property(documents, evil, fc.nat(), (document, value, pick) => {
        const all = [...replaced(document, value)];
        const chosen = all[pick % all.length];
        try {
          for (const { text } of generateBindings({ document: chosen }).files) {
            expect(text).not.toContain("evil\"'`");
            expect(text).not.toContain("undefined(");
          }
        } catch (error) {
          if (!isTriremeError(error)) throw error;
          expect(error.code).toBe("INVALID_ARGUMENT");
        }
      }),
      { numRuns: 300 },
    );
  });

  it("in the message of an error are quoted", () => {
    const { files } = generateBindings({
      document: anchor({ errors: [{ code: 1, name: "Evil", msg: marker }] }),
      languages: ["typescript"],
    });
    expect(files[0]?.text).toContain('1: { name: "Evil", message: "*/ evil\\"\'`\\n${evil()} //" },');
  });

  it("cost no more than the document is long", () => {
    const double = (name: string, inner: string) => ({
      name,
      type: { kind: "struct", fields: ["a", "b"].map((field) => ({ name: field, type: { defined: { name: inner } } })) },
    });
    const types = Array.from({ length: 60 }, (_, index) => double(`T${index}`, `T${index + 1}`));
    const last = { name: "T60", type: { kind: "struct", fields: [{ name: "a", type: "u8" }] } };
    const document = anchor({ types: [...types, last] }, { args: [{ name: "a", type: { defined: { name: "T0" } } }] });
    expect(generateBindings({ document }).files.length).toBe(4);
    const deep = Array.from({ length: 5_000 }, (_, index) => double(`T${index}`, `T${index + 1}`));
    expect(
      refusal(anchor({ types: [...deep, { ...last, name: "T5000" }] }, { args: [{ name: "a", type: { defined: { name: "T0" } } }] })),
    ).toContain("expected types that hold each other over at most 64 levels");
  });
});

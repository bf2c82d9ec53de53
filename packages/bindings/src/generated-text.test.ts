/** What comes out is strict, formatted, and compiles whatever the names are. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileSolidity } from "@trireme/testing";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { generateBindings } from "./generate-bindings.ts";
import { assemblyscriptWords, memberWords, solidityKeywords, solidityWords, typescriptWords } from "./names/reserved-words.ts";
import { programCases } from "./test/borsh-cases.mts";
import type { GeneratedFile } from "./write/generated-file.ts";

const program = "HhCC3ygZ2fjwPJJyPm2wFTgQsWn6vWdMjNd1Cw5e5Gs6";
const words = [...new Set([...solidityWords, ...typescriptWords, ...assemblyscriptWords, ...memberWords])];
const hook = {
  name: "hook",
  type: "tuple[2]",
  internalType: "struct Hook[2]",
  components: [
    { name: "", type: "string" },
    { name: "delete", type: "uint40" },
  ],
};

const contract = [
  { type: "constructor", inputs: [{ name: "supply", type: "uint256" }], stateMutability: "nonpayable" },
  {
    type: "function",
    name: "transfer",
    inputs: [
      { name: "to", type: "address" },
      { name: "amount", type: "uint256" },
    ],
    outputs: [{ name: "", type: "bool" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    name: "pair",
    inputs: [],
    outputs: [
      { name: "a", type: "uint24" },
      { name: "b", type: "int128" },
    ],
    stateMutability: "view",
  },
  { type: "function", name: "pair", inputs: [{ name: "x", type: "bytes4[3][]" }], outputs: [], stateMutability: "payable" },
  {
    type: "function",
    name: "swap",
    inputs: [{ name: "key", type: "tuple", internalType: "struct Pool.Key", components: [hook] }],
    outputs: [hook],
    stateMutability: "nonpayable",
  },
  {
    type: "event",
    name: "Transfer",
    inputs: [
      { name: "from", type: "address", indexed: true },
      { name: "amount", type: "uint256" },
    ],
  },
  { type: "error", name: "TooMuch", inputs: [{ name: "available", type: "uint256" }] },
  { type: "receive", stateMutability: "payable" },
  { type: "fallback", stateMutability: "nonpayable" },
];

/** A program whose every name is a word of some language, or one that generated code wants for itself. */
const names = ["Address", "Codec", "Error", "Promise", "Instruction", "Option", "Bytes32", "Svm", "string", "delete", "class", "data"];
const idl = {
  address: program,
  metadata: { name: "Address" },
  instructions: [
    ...names.map((name, index) => ({
      name,
      discriminator: [index, 1, 2, 3, 4, 5, 6, 7],
      accounts: [
        { name: "accounts", signer: true },
        { name: "options", writable: true, optional: true },
        { name: "a_very_long_name_of_an_account_that_is_optional", writable: true, optional: true, signer: true },
        { name: "rent", address: "SysvarRent111111111111111111111111111111111" },
        {
          name: "vault",
          pda: {
            seeds: [
              { kind: "const", value: [1] },
              { kind: "account", path: "accounts" },
              { kind: "arg", path: "function" },
            ],
          },
        },
      ],
      args: [
        { name: "args", type: { option: { defined: { name: names[index] } } } },
        { name: "function", type: "u64" },
        { name: "Function", type: { vec: { array: ["string", 2] } } },
      ],
    })),
    { name: "nothing", discriminator: [9], accounts: [], args: [] },
  ],
  accounts: [
    { name: "Address", discriminator: [1, 2] },
    { name: "Codec", discriminator: [] },
  ],
  events: [{ name: "Instruction", discriminator: [1] }],
  errors: [{ code: 1, name: "TooMuch", msg: 'it\'s "too" much' }],
  types: names.map((name, index) => ({
    name,
    type:
      index % 4 === 2
        ? {
            kind: "enum",
            variants: [
              { name: "Empty" },
              {
                name: "class",
                fields: [
                  { name: "this", type: "u8" },
                  { name: "prototype", type: { coption: "pubkey" } },
                ],
              },
            ],
          }
        : index % 4 === 3
          ? { kind: "enum", variants: [{ name: "default" }, { name: "Default" }] }
          : {
              kind: "struct",
              fields: [
                { name: "constructor", type: "i128" },
                { name: "value", type: { array: ["u8", 40] } },
              ],
            },
  })),
};
/** Accounts that may sign, or may not be there at all, and pubkeys without a tag. */
const u8 = { kind: "numberTypeNode", format: "u8", endian: "le" };
const codama = {
  kind: "rootNode",
  program: {
    kind: "programNode",
    name: "other-program",
    publicKey: program,
    instructions: [
      {
        name: "run",
        optionalAccountStrategy: "omitted",
        accounts: [
          { name: "authority", isSigner: "either", isWritable: false },
          { name: "a_very_long_name_of_an_account_that_may_sign", isSigner: "either", isWritable: true, isOptional: true },
        ],
        arguments: [
          { name: "tag", type: u8, defaultValue: { kind: "numberValueNode", number: 7 }, defaultValueStrategy: "omitted" },
          { name: "hook", type: { kind: "zeroableOptionTypeNode", item: { kind: "publicKeyTypeNode" } } },
          {
            name: "pair",
            type: {
              kind: "tupleTypeNode",
              items: [u8, { kind: "arrayTypeNode", item: u8, count: { kind: "prefixedCountNode", prefix: u8 } }],
            },
          },
          { name: "rest", type: { kind: "stringTypeNode", encoding: "utf8" } },
        ],
      },
    ],
    pdas: [
      {
        name: "config",
        seeds: [
          {
            kind: "constantPdaSeedNode",
            type: { kind: "stringTypeNode", encoding: "utf8" },
            value: { kind: "stringValueNode", string: "config" },
          },
        ],
      },
    ],
  },
};

const use = `import type { Instruction, TransactionSigner } from "@solana/kit";
import { getDataInstruction, ADDRESS_PROGRAM } from "./address.js";
import { getNothingInstruction } from "./address.js";
import { getSampleGatewayInstruction, getSampleInstruction } from "./sample.solana.js";
import { toEthereumTransaction } from "./svm-gateway.js";

declare const signer: TransactionSigner;
const target = { contract: "0x0000000000000000000000000000000000000001", sender: signer } as const;
export const all: Instruction[] = [
  getSampleInstruction(target, { functionName: "transfer", args: [target.contract, 1n] }),
  getSampleGatewayInstruction(target, { functionName: "pair", args: [] }, { value: 1n, isTry: true }),
  getNothingInstruction(),
];
// @ts-expect-error the arguments are those of another function
getSampleInstruction(target, { functionName: "transfer", args: [1n] });
// @ts-expect-error an argument is missing
getDataInstruction({ accounts: signer, vault: ADDRESS_PROGRAM }, { args: null, function: 1n });
export const { to, data } = toEthereumTransaction(getNothingInstruction());
`;

const folder = mkdtempSync(join(fileURLToPath(new URL("../node_modules", import.meta.url)), ".generated-"));
afterAll(() => rmSync(folder, { recursive: true }));
const tool = (name: string): string => fileURLToPath(new URL(`../../../node_modules/.bin/${name}`, import.meta.url));

function run(cwd: string, name: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(tool(name), args, { cwd, encoding: "utf8" });
  return stdout + stderr;
}

function write(files: readonly GeneratedFile[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

describe("generated TypeScript", () => {
  it("is strict and formatted", () => {
    for (const document of [contract, idl, codama]) {
      const { files, warnings } = generateBindings({ document, fallbackName: "Sample", languages: ["typescript"] });
      expect(warnings).toEqual([]);
      write(files);
    }
    // The formatter leaves alone what is below node_modules.
    const formatted = mkdtempSync(join(tmpdir(), "trireme-bindings-"));
    try {
      cpSync(join(folder, "typescript"), formatted, { recursive: true });
      writeFileSync(join(formatted, ".oxfmtrc.json"), "{}");
      expect(run(formatted, "oxfmt", ".")).toMatch(/on \d+ files/);
      for (const name of readdirSync(join(folder, "typescript")))
        expect(readFileSync(join(formatted, name), "utf8")).toBe(readFileSync(join(folder, "typescript", name), "utf8"));
    } finally {
      rmSync(formatted, { recursive: true });
    }

    writeFileSync(join(folder, "typescript", "use.ts"), use);
    const flags = `strict exactOptionalPropertyTypes noUncheckedIndexedAccess noImplicitReturns noUnusedLocals noUnusedParameters
      noPropertyAccessFromIndexSignature verbatimModuleSyntax isolatedModules erasableSyntaxOnly skipLibCheck noEmit`;
    const compilerOptions = {
      target: "es2023",
      lib: ["es2023", "dom"],
      types: [],
      module: "nodenext",
      moduleResolution: "nodenext",
      ...Object.fromEntries(flags.split(/\s+/).map((flag) => [flag, true])),
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["typescript/*.ts"] }));
    expect(run(folder, "tsc", "-p", "tsconfig.json")).toBe("");
  });
});

describe("generated libraries", () => {
  it("compile, whatever the names and the types are", async () => {
    const samples = fc.sample(programCases, { numRuns: 4, seed: 20_261_123 });
    const documents = [idl, codama, ...samples.flatMap(({ anchor, codama }) => [anchor, codama])];
    const imports = documents.map((document, index): readonly [string, string] => {
      const { files } = generateBindings({ document, name: `Program${index}`, languages: ["solidity"] });
      return [`Program${index}.sol`, files[0]?.text ?? ""];
    });
    const svm = readFileSync(new URL("../../svm/contracts/Svm.sol", import.meta.url), "utf8");
    const source = `pragma solidity ^0.8.20;\n${imports.map(([name]) => `import * as ${name.slice(0, -4)} from "${name}";\n`).join("")}`;
    const compiled = compileSolidity("All.sol", `${source}contract All {}`, "All", {
      ...Object.fromEntries(imports),
      "@trireme/svm/Svm.sol": svm,
    });
    await expect(compiled).resolves.toMatchObject({ abi: [] });
  });
});

describe("words of the languages", () => {
  it("are names in Solidity's interface where it takes them, and left out where it does not", async () => {
    const parameters = words.map((name) => ({ name, type: "uint8" }));
    const functions = words.map((name) => ({
      type: "function",
      name,
      inputs: [{ name, type: "bool" }],
      outputs: [],
      stateMutability: "view",
    }));
    const struct = { name: "all", type: "tuple", internalType: "struct Words", components: parameters };
    const document = [...functions, { type: "function", name: "words", inputs: [struct], outputs: [], stateMutability: "view" }];
    const { files, warnings } = generateBindings({ document, name: "Words", languages: ["solidity"] });
    expect(warnings).toEqual(
      words
        .filter((name) => solidityKeywords.has(name))
        .map((name) => `function ${name} is left out of the Solidity interface: the name is a word of Solidity`),
    );
    const { abi } = await compileSolidity("IWords.sol", files[0]?.text ?? "", "IWords");
    expect(abi.length).toBe(document.length - warnings.length);
  });

  it("share a name in Solidity with nothing of another kind", () => {
    const kinds = [
      { type: "function", name: "Same", inputs: [], outputs: [] },
      { type: "event", name: "Same", inputs: [] },
      { type: "error", name: "Same", inputs: [] },
      { type: "error", name: "Panic", inputs: [] },
      { type: "error", name: "Once", inputs: [] },
      { type: "error", name: "Once", inputs: [{ name: "", type: "bool" }] },
    ];
    expect(generateBindings({ document: kinds, languages: ["solidity"] }).warnings).toEqual([
      "event Same is left out of the Solidity interface: the name is taken by another function",
      "error Same is left out of the Solidity interface: the name is taken by another function",
      "error Panic is left out of the Solidity interface: the name is a word of Solidity",
      "error Once is left out of the Solidity interface: the name is taken by another error",
    ]);
  });
});

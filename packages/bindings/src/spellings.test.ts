/** One contract or program in the spellings of the tools: what comes out is the same. */
import { describe, expect, it } from "vitest";
import { generateBindings } from "./generate-bindings.ts";
import { generatedClient } from "./test/generated-client.mts";

const address = "HhCC3ygZ2fjwPJJyPm2wFTgQsWn6vWdMjNd1Cw5e5Gs6";
const filesOf = (document: unknown, name?: string) => generateBindings({ document, ...(name === undefined ? {} : { name }) });

describe("an ABI", () => {
  const abi = [{ type: "function", name: "get", inputs: [], outputs: [{ name: "", type: "uint256" }], stateMutability: "view" }];
  const plain = filesOf(abi, "Counter");

  it.each<[string, unknown, string?]>([
    ["of Hardhat", { _format: "hh-sol-artifact-1", contractName: "Counter", abi, bytecode: "0x" }],
    ["of Foundry", { abi, bytecode: { object: "0x" }, metadata: { settings: { compilationTarget: { "src/Counter.sol": "Counter" } } } }],
    ["of solc, with one contract", { contracts: { "Counter.sol": { Counter: { abi } } } }],
    ["of solc, with several", { contracts: { "Counter.sol": { Counter: { abi }, Other: { abi: [] } } } }, "Counter"],
    ["of before 0.5", [{ name: "get", constant: true, outputs: [{ name: "", type: "uint" }] }], "Counter"],
  ])("%s", (_, document, name) => {
    expect(filesOf(document, name)).toEqual(plain);
  });

  it("of solc, with several and no name", () => {
    const document = { contracts: { "a.sol": { A: { abi }, B: { abi } } } };
    expect(() => filesOf(document)).toThrow("$.contracts: expected one contract (--name says which), not 2");
  });
});

describe("an Anchor IDL", () => {
  // What Anchor's own compiler writes for these names.
  const [initialize, counter] = ["afaf6d1f0d989bed", "ffb004f5bcfd7c19"];
  const bytes = (hex = ""): number[] => [...Buffer.from(hex, "hex")];
  const fields = [
    { name: "count", type: "u64" },
    { name: "by", type: "pubkey" },
  ];
  const now = {
    address,
    metadata: { name: "counter", spec: "0.1.0" },
    instructions: [
      {
        name: "initialize",
        discriminator: bytes(initialize),
        accounts: [
          { name: "counter", writable: true, signer: true },
          { name: "owner", optional: true },
        ],
        args: [{ name: "start", type: { option: { defined: { name: "Counter" } } } }],
      },
    ],
    accounts: [{ name: "Counter", discriminator: bytes(counter) }],
    types: [{ name: "Counter", type: { kind: "struct", fields } }],
  };
  const before = {
    name: "counter",
    metadata: { address },
    instructions: [
      {
        name: "initialize",
        accounts: [
          { name: "counter", isMut: true, isSigner: true },
          { name: "owner", isMut: false, isSigner: false, isOptional: true },
        ],
        args: [{ name: "start", type: { option: { defined: "Counter" } } }],
      },
    ],
    accounts: [{ name: "Counter", type: { kind: "struct", fields: [fields[0], { name: "by", type: "publicKey" }] } }],
  };

  it("of before 0.30 and since are the same: names are hashed", () => {
    expect(filesOf(before)).toEqual(filesOf(now));
  });

  it("of Shank has plain discriminators, and none on accounts", () => {
    const [instruction] = before.instructions;
    const shank = {
      ...before,
      metadata: { address, origin: "shank" },
      instructions: [{ ...instruction, discriminant: { type: "u16", value: 0x0102 } }],
    };
    const { files } = filesOf(shank);
    const client = generatedClient(files, "typescript/counter.ts") as unknown as {
      initializeDataCodec: { encode(args: unknown): Uint8Array };
      decodeCounter(data: Uint8Array): unknown;
    };
    expect([...client.initializeDataCodec.encode({ start: null })]).toEqual([2, 1, 0]);
    expect(client.decodeCounter(new Uint8Array(40))).toEqual({ count: 0n, by: "1".repeat(32) });
    expect(() => client.decodeCounter(new Uint8Array(41))).toThrow("expected 40 bytes, got 41");
  });
});

describe("a Codama IDL", () => {
  const account = (name: string, isSigner: unknown, rest: object = {}) => ({ name, isSigner, isWritable: true, ...rest });
  const document = (strategy: string) => ({
    kind: "rootNode",
    program: {
      kind: "programNode",
      name: "sample",
      publicKey: address,
      instructions: [
        {
          name: "run",
          optionalAccountStrategy: strategy,
          accounts: [account("first", "either", { isOptional: true }), account("second", "either")],
          arguments: [{ name: "hook", type: { kind: "zeroableOptionTypeNode", item: { kind: "publicKeyTypeNode" } } }],
        },
      ],
    },
  });
  const build = (strategy: string) =>
    generatedClient(filesOf(document(strategy)).files, "typescript/sample.ts")["getRunInstruction"] as (
      accounts: object,
      args: object,
      options?: object,
    ) => { readonly accounts: readonly unknown[]; readonly data: Uint8Array };

  it("says what stands for an account that is not given", () => {
    const second = { address, isSigner: false };
    const args = { hook: null };
    expect(build("omitted")({ second }, args).accounts).toEqual([{ address, role: 1 }]);
    expect(build("programId")({ second }, args).accounts).toEqual([
      { address, role: 0 },
      { address, role: 1 },
    ]);
    const more = { remainingAccounts: [{ address, role: 2 }], programAddress: "11111111111111111111111111111111" };
    expect(build("programId")({ first: address, second: address }, args, more)).toMatchObject({
      programAddress: more.programAddress,
      accounts: [{ address, role: 3 }, { address, role: 3 }, ...more.remainingAccounts],
    });
  });

  it("has pubkeys that are zeros where there is none", () => {
    const accounts = { second: address };
    expect([...build("omitted")(accounts, { hook: null }).data]).toEqual(Array.from({ length: 32 }, () => 0));
    expect(build("omitted")(accounts, { hook: address }).data.length).toBe(32);
  });
});

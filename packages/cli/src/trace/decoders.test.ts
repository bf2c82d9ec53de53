import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex, concatBytes, hexToBytes, keccak256, pubkeyFromBase58, toAddress } from "@trireme/core";
import type { CallFrame } from "@trireme/rpc";
import { encodeAbiParameters, encodeErrorResult, encodeEventTopics, encodeFunctionData, parseAbi, type Hex } from "viem";
import { afterAll, describe, expect, it } from "vitest";
import { annotate } from "./annotated-frame.ts";
import { decodedText } from "./decoded.ts";
import { readDocuments } from "./read-documents.ts";
import { createProgramDecoder } from "./program-decoder.ts";

const folder = mkdtempSync(join(tmpdir(), "trireme-decoders-"));
afterAll(() => rmSync(folder, { recursive: true }));
const program = "Stake11111111111111111111111111111111111111";
const token = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
const wallet = `0x${"aa".repeat(20)}` as const;

function file(name: string, document: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(document));
  return path;
}
const call = (part: Partial<CallFrame>): CallFrame => ({
  type: "CALL",
  from: wallet,
  to: wallet,
  gas: "0x1",
  gasUsed: "0x1",
  input: "0x",
  ...part,
});
const instruction = (id: string, data: Uint8Array, part: Partial<CallFrame> = {}): CallFrame =>
  call({ vm: "svm", program: id, to: bytesToHex(toAddress(pubkeyFromBase58(id))), input: bytesToHex(data), ...part });
const u64 = (value: bigint): Uint8Array => new Uint8Array(new BigUint64Array([value]).buffer);
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** Anchor's form since 0.30. */
const anchor = {
  address: program,
  metadata: { name: "vault", version: "0.1.0", spec: "0.1.0" },
  instructions: [
    {
      name: "open_vault",
      discriminator: [1, 2, 3, 4, 5, 6, 7, 8],
      accounts: [
        { name: "owner", signer: true },
        { name: "vault", writable: true },
      ],
      args: [
        { name: "limit", type: "u64" },
        { name: "mode", type: { defined: { name: "Mode" } } },
        { name: "tags", type: { vec: "string" } },
        { name: "heir", type: { option: "pubkey" } },
      ],
    },
  ],
  types: [
    {
      name: "Mode",
      type: { kind: "enum", variants: [{ name: "Open" }, { name: "Capped", fields: [{ name: "by", type: "i16" }] }] },
    },
    { name: "Opened", type: { kind: "struct", fields: [{ name: "limit", type: "u64" }] } },
  ],
  events: [{ name: "Opened", discriminator: [9, 9, 9, 9, 9, 9, 9, 9] }],
  errors: [{ code: 6001, name: "VaultClosed", msg: "the vault is closed" }],
};

/** Codama's form, as far as one instruction needs it. */
const codama = {
  kind: "rootNode",
  standard: "codama",
  version: "1.0.0",
  program: {
    kind: "programNode",
    name: "counter",
    publicKey: program,
    version: "1.0.0",
    accounts: [],
    definedTypes: [],
    pdas: [],
    errors: [{ kind: "errorNode", name: "tooFar", code: 3, message: "too far" }],
    instructions: [
      {
        kind: "instructionNode",
        name: "advance",
        accounts: [{ kind: "instructionAccountNode", name: "counter", isWritable: true, isSigner: false, isOptional: false }],
        arguments: [
          {
            kind: "instructionArgumentNode",
            name: "discriminator",
            type: { kind: "numberTypeNode", format: "u8", endian: "le" },
            defaultValue: { kind: "numberValueNode", number: 4 },
            defaultValueStrategy: "omitted",
          },
          { kind: "instructionArgumentNode", name: "steps", type: { kind: "numberTypeNode", format: "u32", endian: "le" } },
        ],
        discriminators: [{ kind: "fieldDiscriminatorNode", name: "discriminator", offset: 0 }],
        optionalAccountStrategy: "programId",
      },
    ],
  },
};

describe("IDLs", () => {
  const opening = concatBytes(
    bytes(1, 2, 3, 4, 5, 6, 7, 8),
    u64(500n),
    bytes(1, 0xfe, 0xff),
    bytes(1, 0, 0, 0, 2, 0, 0, 0, 0x68, 0x69),
    bytes(0),
  );

  it("of Anchor give instructions, accounts, errors and events their names", () => {
    const decoders = readDocuments({ abi: [], idl: [file("vault.json", anchor)] });
    const frame = annotate(
      instruction(program, opening, {
        error: "execution reverted",
        errorDetail: '{"Custom":6001}',
        logs: [
          {
            address: wallet,
            topics: [bytesToHex(keccak256(new TextEncoder().encode("ProgramData(bytes[])")))],
            data: encodeAbiParameters([{ type: "bytes[]" }], [[bytesToHex(concatBytes(new Uint8Array(8).fill(9), u64(7n)))]]),
            index: "0x0",
            position: "0x0",
          },
        ],
      }),
      decoders,
    );
    expect(frame).toMatchObject({
      callee: "vault",
      decodedInput: {
        name: "open_vault",
        fields: [
          { name: "limit", value: "500" },
          { name: "mode", value: { Capped: { by: "-2" } } },
          { name: "tags", value: ["hi"] },
          { name: "heir", value: null },
        ],
      },
      accountNames: ["owner", "vault"],
      decodedError: "VaultClosed: the vault is closed",
      logs: [{ event: { name: "Opened", fields: [{ name: "limit", value: "7" }] } }],
    });
  });

  it("of Codama and of Anchor without an address are read as well", () => {
    const { address: _address, ...nameless } = anchor;
    const counter = readDocuments({ abi: [], idl: [file("counter.json", codama)] }).programs;
    expect(counter.instruction(program, bytesToHex(bytes(4, 3, 0, 0, 0)))).toEqual({
      name: "advance",
      fields: [{ name: "steps", value: "3" }],
    });
    expect(counter.error(program, 3)).toBe("tooFar: too far");
    const path = file("nameless.json", nameless);
    expect(readDocuments({ abi: [], idl: [`${path}=${token}`] }).programs.instruction(token, bytesToHex(opening))?.name).toBe("open_vault");
    expect(() => readDocuments({ abi: [], idl: [path] })).toThrow(/^--idl .*nameless.json: .*pubkey/);
    expect(() => readDocuments({ abi: [path], idl: [] })).toThrow(/^--abi .*nameless.json/);
  });

  it("show bytes that do not fit them as they are", () => {
    const { programs } = readDocuments({ abi: [], idl: [file("vault.json", anchor)] });
    expect(programs.instruction(program, bytesToHex(opening.subarray(0, 12)))).toEqual({
      name: "open_vault",
      fields: [{ name: "data", value: "0xf4010000" }],
    });
    expect(programs.instruction(program, "0x")).toBeUndefined();
  });
});

describe("well-known programs", () => {
  const { instruction: decode, error, accountNames } = createProgramDecoder([]);
  const text = (id: string, data: Uint8Array): string | undefined => {
    const decoded = decode(id, bytesToHex(data));
    return decoded === undefined ? undefined : decodedText(decoded, true);
  };

  it("are System, the tokens, compute budget, memo and the call gateway", () => {
    expect(text("11111111111111111111111111111111", concatBytes(bytes(2, 0, 0, 0), u64(9n)))).toBe("transfer(lamports: 9)");
    const seeded = concatBytes(bytes(3, 0, 0, 0), new Uint8Array(32), u64(2n), bytes(0x61, 0x20), u64(1n), u64(2n), new Uint8Array(32));
    expect(text("11111111111111111111111111111111", seeded)).toContain('seed: "a ", lamports: 1, space: 2');
    expect(text(token, concatBytes(bytes(12), u64(300n), bytes(6)))).toBe("transferChecked(amount: 300, decimals: 6)");
    expect(accountNames(token, "0x0c")).toEqual(["source", "mint", "destination", "authority"]);
    expect(text(token, concatBytes(bytes(6, 0, 1), new Uint8Array(32)))).toBe(
      "setAuthority(authorityType: 0, newAuthority: 11111111111111111111111111111111)",
    );
    expect([error(token, 1), error("11111111111111111111111111111111", 1)]).toEqual(["InsufficientFunds", "ResultWithNegativeLamports"]);
    expect(text("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr", bytes(0x68, 0x69))).toBe("memo(memo: hi)");
    const gateway = concatBytes(bytes(0, 1), new Uint8Array(8).fill(255), u64(5n), u64(0n), bytes(0xab));
    expect(text("Ca11Gateway11111111111111111111111111111111", gateway)).toBe(
      "call(flags: 1, gasLimit: 18446744073709551615, value: 5, calldata: 0xab)",
    );
    expect(text(program, bytes(1))).toBeUndefined();
  });
});

describe("ABIs", () => {
  const abi = parseAbi([
    "function pay(address to, (uint64 amount, bytes memo) what) returns (bool)",
    "error Poor(uint256 has)",
    "event Paid(address indexed to, uint64 amount)",
  ]);
  const decoders = readDocuments({ abi: [file("Pay.json", { abi })], idl: [] });

  it("give calls, results, errors and events their names", () => {
    const input = encodeFunctionData({ abi, functionName: "pay", args: [wallet, { amount: 3n, memo: "0x01" }] });
    const log = {
      address: wallet,
      topics: encodeEventTopics({ abi, eventName: "Paid", args: { to: wallet } }) as Hex[],
      data: encodeAbiParameters([{ type: "uint64" }], [3n]),
      index: "0x0",
      position: "0x0",
    } as const;
    expect(annotate(call({ input, output: bytesToHex(bytes(...new Uint8Array(31), 1)), logs: [log] }), decoders)).toMatchObject({
      decodedInput: { name: "pay", fields: [{ name: "to" }, { name: "what", value: { amount: "3", memo: "0x01" } }] },
      decodedOutput: [{ name: "", value: true }],
      logs: [{ event: { name: "Paid", fields: [{ name: "to" }, { name: "amount", value: "3" }] } }],
    });
    const output = encodeErrorResult({ abi, errorName: "Poor", args: [2n] });
    expect(annotate(call({ input, output, error: "execution reverted" }), decoders)).toMatchObject({
      decodedError: { name: "Poor", fields: [{ name: "has", value: "2" }] },
    });
  });

  it("leave what does not fit them alone", () => {
    const { contracts } = decoders;
    expect([contracts.call("0x"), contracts.call("0xa9059cbb00"), contracts.error("0x12"), contracts.event([], "0x")]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    const garbled = bytesToHex(hexToBytes(`0x08c379a0${"ff".repeat(64)}`));
    expect(contracts.error(garbled)).toBeUndefined();
  });
});

/** A state in which a contract of every VM calls whom it is told to, and one of every VM does nothing. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  addressFromHex,
  bytesToHex,
  equalBytes,
  hexToBytes,
  pubkeyFromBytes,
  toAddress,
  toPubkey,
  weiPerLamport,
  type AccountMeta,
  type Address,
  type Hash,
  type Instruction,
  type Message,
  type Pubkey,
  type TransactionContext,
} from "@trireme/core";
import { buildContract } from "@trireme/contract-as";
import { createEvm } from "@trireme/evm";
import { createHostExecutor } from "@trireme/host";
import type { Journal, WorldState } from "@trireme/state";
import { createSvm, minimumBalance, type SolanaTransactionContext } from "@trireme/svm";
import { compileSolidity } from "@trireme/testing";
import { createWasm } from "@trireme/wasm";
import { encodeFunctionData, parseAbi } from "viem";
import { loopData, loopElf, nothingElf, type HeldAccount } from "./cross-vm-loop.ts";
import { activate, callContext, createWasmWorld, messageTo, wasmBlock } from "./wasm-world.ts";

/** A VM of the table. */
export type Vm = "EVM" | "WASM" | "SVM";

/** One frame that makes `calls` calls, in a transaction of its own. */
export type RunCalls = (journal: Journal, calls: number) => void;

const gateway = addressFromHex("0x73766d0000000000000000000000000000000000");
const callers = { EVM: addressOf("c1"), WASM: addressOf("c2") } as const;
const callees = { EVM: addressOf("d1"), WASM: addressOf("d2") } as const;
const [loopKey, nothingKey, payer, dataOwner] = [keyOf(0xb1), keyOf(0xb2), keyOf(0xb3), keyOf(0xb4)];
/** As many bytes as an SPL token account has. */
const dataLength = 165;
const mostAccounts = 16;
const dataKeys = Array.from({ length: mostAccounts }, (_, index) => keyOf(index + 1));
const gas = 10n ** 9n;
const blockhash = new Uint8Array(32).fill(0x42) as Hash;

const executor = createHostExecutor({
  environments: [
    createEvm(),
    createWasm(),
    createSvm({
      programs: [
        { id: loopKey, elf: loopElf, loader: 2 },
        { id: nothingKey, elf: nothingElf, loader: 2 },
      ],
    }),
  ],
  formats: [],
});

/** The state. */
export async function createCrossVmWorld(): Promise<WorldState> {
  const source = readFileSync(new URL("../contracts/CallLoop.sol", import.meta.url), "utf8");
  const solidity = async (name: string): Promise<Uint8Array> =>
    hexToBytes((await compileSolidity("CallLoop.sol", source, name)).runtimeBytecode);
  const wasm = async (name: string): Promise<Uint8Array> =>
    (await buildContract({ entryPath: fileURLToPath(new URL(`../assembly/${name}.ts`, import.meta.url)), optimizeFor: "speed" })).code;
  const codes: readonly (readonly [Address, Uint8Array])[] = [
    [callers.EVM, await solidity("CallLoop")],
    [callees.EVM, await solidity("Nothing")],
    [callers.WASM, await wasm("call-loop")],
    [callees.WASM, await wasm("nothing")],
  ];
  return createWasmWorld((journal, send) => {
    const execution = { getBlockHash: () => blockhash };
    executor.runHooks("writeGenesis", journal, { ...wasmBlock, number: 0n }, execution);
    executor.runHooks("beginBlock", journal, wasmBlock, execution);
    for (const [address, code] of codes) {
      journal.setCode(address, code);
      journal.setNonce(address, 1n);
    }
    for (const address of [callers.WASM, callees.WASM]) activate(send, address);
    journal.setBalance(toAddress(payer), 10n ** 20n);
    for (const key of dataKeys) {
      journal.setBalance(toAddress(key), minimumBalance(dataLength) * weiPerLamport);
      journal.setSvmRecord(toAddress(key), { pubkey: key, owner: dataOwner, executable: false, dataLength });
    }
  });
}

/** Calls by the contract of one VM to the empty one of another, which get so many accounts where the SVM is a party. */
export function callsBetween(from: Vm, to: Vm, accounts: number): RunCalls {
  if (from === "SVM") return callsFromSvm(to, accounts);
  const caller = callers[from];
  const target = to === "SVM" ? gateway : callees[to];
  const data = to === "SVM" ? gatewayInput(caller, accounts) : new Uint8Array(0);
  const inputOf = remembered((calls) => runInput(target, calls, data));
  return (journal, calls) => run(journal, messageTo(caller, inputOf(calls), gas), { ...callContext });
}

function callsFromSvm(to: Vm, accounts: number): RunCalls {
  const target = to === "SVM" ? nothingKey : toPubkey(callees[to]);
  const metas = accountsOf(payer, accounts);
  const held: readonly HeldAccount[] = [
    ...metas.map((meta) => ({ ...meta, dataLength: equalBytes(meta.pubkey, payer) ? 0 : dataLength })),
    { pubkey: target, isSigner: false, isWritable: false, dataLength: 0 },
  ];
  const call: Instruction = { program: target, accounts: metas, data: new Uint8Array(0) };
  const given: readonly AccountMeta[] = held.map(({ pubkey, isSigner, isWritable }) => ({ pubkey, isSigner, isWritable }));
  const sender = toAddress(payer);
  const dataOf = remembered((calls) => loopData(calls, call, held));
  return (journal, calls) => {
    const instruction: Instruction = { program: loopKey, accounts: given, data: dataOf(calls) };
    const context: SolanaTransactionContext = {
      ...callContext,
      origin: sender,
      instructions: [instruction],
      solana: {
        accounts: [...given, { pubkey: loopKey, isSigner: false, isWritable: false }],
        feePayer: payer,
        blockhash,
        heapLength: 32_768,
        computeUnitLimit: Number(gas),
        lamportsPerSignature: 5_000n,
      },
    };
    run(
      journal,
      { kind: "instruction", ...instruction, sender, gas, depth: 0, isStatic: false, stackHeight: 1, instructionIndex: 0 },
      context,
    );
  };
}

/** What is to be made once for each number of calls. */
function remembered(make: (calls: number) => Uint8Array): (calls: number) => Uint8Array {
  const made = new Map<number, Uint8Array>();
  return (calls) => {
    const known = made.get(calls) ?? make(calls);
    made.set(calls, known);
    return known;
  };
}

function run(journal: Journal, message: Message, context: TransactionContext): void {
  const { result, programLogs } = executor.call(message, journal, wasmBlock, context);
  if (result.kind !== "success") throw new Error(`${JSON.stringify(result, jsonOf)}\n${programLogs.map(({ line }) => line).join("\n")}`);
}

/** The first is who calls, a writable signer; the others are writable and have data. */
function accountsOf(caller: Pubkey, count: number): readonly AccountMeta[] {
  const others = dataKeys.slice(0, count - 1).map((pubkey) => ({ pubkey, isSigner: false, isWritable: true }));
  return [{ pubkey: caller, isSigner: true, isWritable: true }, ...others];
}

const loopAbi = parseAbi(["function run(address target, uint32 count, bytes data)"]);
const gatewayAbi = parseAbi([
  "struct AccountMeta { bytes32 pubkey; bool isSigner; bool isWritable; }",
  "function invoke(bytes32 program, AccountMeta[] accounts, bytes data) returns (bytes)",
]);

function runInput(target: Address, calls: number, data: Uint8Array): Uint8Array {
  return hexToBytes(encodeFunctionData({ abi: loopAbi, functionName: "run", args: [bytesToHex(target), calls, bytesToHex(data)] }));
}

function gatewayInput(caller: Address, accounts: number): Uint8Array {
  const metas = accountsOf(toPubkey(caller), accounts).map((meta) => ({ ...meta, pubkey: bytesToHex(meta.pubkey) }));
  return hexToBytes(encodeFunctionData({ abi: gatewayAbi, functionName: "invoke", args: [bytesToHex(nothingKey), metas, "0x"] }));
}

function addressOf(last: string): Address {
  return addressFromHex(`0x${"00".repeat(19)}${last}`);
}

function keyOf(byte: number): Pubkey {
  return pubkeyFromBytes(new Uint8Array(32).fill(byte));
}

function jsonOf(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value instanceof Uint8Array ? bytesToHex(value) : value;
}

// Own VM calls contracts of every other VM and is called by them, the SVM's programs included, in one tree.
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { createChain, defineChain, type Chain, type Receipt } from "@trireme/chain";
import {
  addressFromHex,
  bigintToBytes,
  bytesToBigint,
  bytesToHex,
  concatBytes,
  encodeDialectEnvelope,
  hexToBytes,
  keccak256,
  pubkeyFromBytes,
  toAddress,
  toPubkey,
  type Address,
} from "@trireme/core";
import { createEvm, evm } from "@trireme/evm";
import { createCallTracer, failingPath, type CallFrame } from "@trireme/rpc";
import { assemble as assembleSvm, encodeMessage, encodeWire, programIds, svm, writeElf } from "@trireme/svm";
import { createEvmKit, createWasmKit, gatewayInput, relayInstruction, svmRelay } from "@trireme/testing";
import { createWasm, wasm } from "@trireme/wasm";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import createWabt from "wabt";
import { ownVmKit } from "./kit.ts";
import { ownVm } from "./own-vm.ts";
import { totalProgram } from "./programs.ts";

const account = privateKeyToAccount(`0x${"07".repeat(32)}`);
const wallet = addressFromHex(account.address);
const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 9)]);
const solanaKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
const solanaWallet = pubkeyFromBytes(Uint8Array.from(createPublicKey(solanaKey).export({ format: "der", type: "spki" }).subarray(-32)));
const svmRelayKey = pubkeyFromBytes(new Uint8Array(32).fill(0xb7));
const gateway = addressFromHex("0x73766d0000000000000000000000000000000000");
const arbWasm = addressFromHex("0x0000000000000000000000000000000000000071");
const at = (last: string): Address => addressFromHex(`0x${"00".repeat(18)}${last}`);
/** Each calls the address in the first word of its input with the rest of it. */
const relays = { evm: at("ee01"), wasm: at("aa01"), own: at("0f01") } as const;
/** Own VM: adds a word to its total. Own VM: breaks a rule. */
const [total, broken] = [at("0f02"), at("0f03")];

let chain: Chain;
let nonce = 0;

const word = (value: bigint): Uint8Array => bigintToBytes(value, 32);
/** Input of a relay that calls `target` with `input`. */
const through = (target: Address, input: Uint8Array): Uint8Array => concatBytes(word(bytesToBigint(target)), input);
/** Calldata for the gateway: a program that calls `target` with `data`. Nobody signs. */
const throughSvm = (target: Address, data: Uint8Array): Uint8Array =>
  gatewayInput(relayInstruction(svmRelayKey, toPubkey(target), [], data));

async function send(to: Address, data: Uint8Array, value = 0n): Promise<Receipt> {
  const raw = await account.signTransaction({
    type: "eip1559",
    chainId: 1337,
    nonce: nonce++,
    gas: 10_000_000n,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 1n,
    to: bytesToHex(to),
    data: bytesToHex(data),
    value,
  });
  return submit(hexToBytes(raw));
}

/** A transaction of Solana's: the program calls `target`, and the wallet that pays is the sender. */
function sendSolana(target: Address, data: Uint8Array): Promise<Receipt> {
  const price = concatBytes(Uint8Array.of(3), bigintToBytes(10_000_000n, 8).reverse());
  const message = encodeMessage({
    version: "legacy",
    requiredSignatures: 1,
    readonlySigned: 0,
    readonlyUnsigned: 3,
    staticAccounts: [solanaWallet, toPubkey(target), svmRelayKey, programIds.computeBudget],
    blockhash: chain.head.hash,
    instructions: [
      { programIndex: 3, accountIndices: new Uint8Array(0), data: price },
      { programIndex: 2, accountIndices: Uint8Array.of(1, 0), data },
    ],
    lookups: [],
    config: undefined,
  });
  const payload = encodeWire([Uint8Array.from(sign(null, message, solanaKey))], message);
  return submit(encodeDialectEnvelope({ dialect: "solana", payload }));
}

async function submit(raw: Uint8Array): Promise<Receipt> {
  const submitted = await chain.submit(raw);
  if (submitted.kind === "rejected") throw new Error(submitted.error.message);
  const receipt = await chain.getReceipt(submitted.hash);
  if (receipt === undefined) throw new Error("expected a receipt");
  return receipt;
}

async function trace({ transactionHash }: Receipt): Promise<CallFrame> {
  const tracer = createCallTracer();
  const outcome = await chain.traceTransaction(transactionHash, tracer);
  if (outcome === undefined) throw new Error("expected a transaction of a block");
  return tracer.root({ gasLimit: 10_000_000n, gasUsed: outcome.gasUsed, result: outcome.result }) as CallFrame;
}

/** The VMs of the frames from the root to the innermost one, which has no siblings on its way. */
function vmsOf({ vm = "evm", calls = [] }: CallFrame): readonly string[] {
  expect(calls.length).toBeLessThanOrEqual(1);
  return [vm, ...calls.flatMap(vmsOf)];
}

beforeAll(async () => {
  const wabt = await createWabt();
  const bytesFromWat = (text: string): Uint8Array => {
    const module = wabt.parseWat("relay.wat", text);
    const { buffer } = module.toBinary({});
    module.destroy();
    return Uint8Array.from(buffer);
  };
  const kits = { evm: createEvmKit(createEvm), wasm: createWasmKit({ createEnvironment: createWasm, bytesFromWat }), own: ownVmKit };
  const codes = (["evm", "wasm", "own"] as const).map((vm) => ({ address: relays[vm], code: kits[vm].programs.relay!() }));
  const programs = [{ id: svmRelayKey, elf: writeElf(assembleSvm(svmRelay)), loader: 2 as const }];
  chain = await createChain(
    defineChain({
      chainId: 1337,
      environments: [evm(), wasm(), svm({ programs }), ownVm()],
      genesis: {
        accounts: [
          ...[wallet, toAddress(solanaWallet)].map((address) => ({ address, balance: 10n ** 20n })),
          ...[...codes, { address: total, code: totalProgram }, { address: broken, code: ownVmKit.programs.halt!() }].map((contract) => ({
            ...contract,
            nonce: 1,
          })),
        ],
      },
    }),
  );
  const activate = keccak256(new TextEncoder().encode("activateProgram(address)")).subarray(0, 4);
  const { succeeded } = await send(arbWasm, concatBytes(activate, new Uint8Array(12), relays.wasm), 10n ** 18n);
  if (!succeeded) throw new Error("expected the relay to be activated");
});
afterAll(() => chain.close());

it("is called by contracts of the EVM and of WASM, and by a program for a wallet of Solana", async () => {
  const receipts = [
    await send(relays.evm, through(total, word(1n))),
    await send(relays.wasm, through(total, word(10n))),
    await sendSolana(total, word(100n)),
    await send(gateway, throughSvm(total, word(1_000n))),
  ];
  const logs = receipts.flatMap((receipt) => receipt.logs);
  expect(logs.map(({ data }) => bytesToBigint(data))).toEqual([1n, 11n, 111n, 1_111n]);
  const senders = logs.map(({ topics }) => bytesToHex((topics[0] as Uint8Array).slice(12)));
  expect(senders.slice(0, 3)).toEqual([relays.evm, relays.wasm, toAddress(solanaWallet)].map((address) => bytesToHex(address)));
});

it("calls contracts of all VMs that call it again, and one tracer shows all of them", async () => {
  const back = (next: Uint8Array): Uint8Array => through(relays.own, next);
  const path = (target: Address): Uint8Array =>
    through(relays.evm, back(through(relays.wasm, back(through(gateway, throughSvm(target, word(5n)))))));
  const root = await trace(await send(relays.own, path(total)));
  expect(vmsOf(root)).toEqual(["own-vm", "evm", "own-vm", "wasm", "own-vm", "svm", "svm", "own-vm"]);
  expect(failingPath(root)).toBeUndefined();
  const failed = await trace(await send(relays.own, path(broken)));
  expect(vmsOf(failed)).toEqual(vmsOf(root));
  expect(failingPath(failed)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

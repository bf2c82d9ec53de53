// The fourth VM in the middle of a call from the EVM to the SVM, and how one tracer shows it.
import { createChain, defineChain, type Chain } from "@trireme/chain";
import { addressFromHex, bytesToHex, createAddress, hexToBytes, toPubkey, type Address, type Hash } from "@trireme/core";
import { evm } from "@trireme/evm";
import { createCallTracer, failingPath, type CallFrame } from "@trireme/rpc";
import { svm } from "@trireme/svm";
import { encodeFunctionData, parseAbi } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ownVm } from "./own-vm.ts";
import { deploying, forwarderCode, twiceProgram } from "./programs.ts";

const account = privateKeyToAccount(`0x${"07".repeat(32)}`);
const wallet = addressFromHex(account.address);
const gateway = addressFromHex("0x73766d0000000000000000000000000000000000");
/** Own VM: calls the gateway twice. EVM: calls that. */
const [twice, forwarder] = [createAddress(wallet, 0n), createAddress(wallet, 1n)];
const gatewayAbi = parseAbi([
  "struct AccountMeta { bytes32 pubkey; bool isSigner; bool isWritable; }",
  "function invoke(bytes32 program, AccountMeta[] accounts, bytes data) returns (bytes)",
]);

let chain: Chain;
let nonce = 0;

async function send(to: Address | undefined, data: Uint8Array): Promise<Hash> {
  const raw = await account.signTransaction({
    type: "eip1559",
    chainId: 1337,
    nonce: nonce++,
    gas: 1_000_000n,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 1n,
    data: bytesToHex(data),
    ...(to === undefined ? {} : { to: bytesToHex(to) }),
  });
  const submitted = await chain.submit(hexToBytes(raw));
  if (submitted.kind === "rejected") throw new Error(submitted.error.message);
  return submitted.hash;
}

/** A transfer by the System program out of Own VM's program, which signs for itself. */
function transferring(lamports: bigint): Uint8Array {
  const data = new Uint8Array(12);
  data[0] = 2;
  new DataView(data.buffer).setBigUint64(4, lamports, true);
  const meta = (pubkey: Uint8Array, isSigner: boolean) => ({ pubkey: bytesToHex(pubkey), isSigner, isWritable: true });
  const accounts = [meta(toPubkey(twice), true), meta(toPubkey(wallet), false)];
  const args = [bytesToHex(new Uint8Array(32)), accounts, bytesToHex(data)] as const;
  return hexToBytes(encodeFunctionData({ abi: gatewayAbi, functionName: "invoke", args }));
}

async function trace(hash: Hash): Promise<CallFrame> {
  const tracer = createCallTracer();
  const outcome = await chain.traceTransaction(hash, tracer);
  if (outcome === undefined) throw new Error("expected a transaction of a block");
  return tracer.root({ gasLimit: 1_000_000n, gasUsed: outcome.gasUsed, result: outcome.result }) as CallFrame;
}

beforeAll(async () => {
  const accounts = [wallet, twice].map((address) => ({ address, balance: 10n ** 18n }));
  chain = await createChain(defineChain({ chainId: 1337, environments: [evm(), svm(), ownVm()], genesis: { accounts } }));
  await send(undefined, deploying(twiceProgram(gateway)));
  await send(undefined, deploying(forwarderCode(twice)));
});
afterAll(() => chain.close());

const instruction = { type: "CALL", vm: "svm", program: "11111111111111111111111111111111", from: bytesToHex(twice) };

it("a tracer shows frames of EVM, Own VM and SVM in one tree", async () => {
  const invoke = { type: "CALL", vm: "svm", to: bytesToHex(gateway), calls: [instruction] };
  const root = await trace(await send(forwarder, transferring(5n)));
  expect(root).toMatchObject({
    type: "CALL",
    to: bytesToHex(forwarder),
    calls: [{ type: "CALL", vm: "own-vm", to: bytesToHex(twice), calls: [invoke, invoke] }],
  });
  expect(failingPath(root)).toBeUndefined();
});

it("and the instruction at which the second of two calls failed", async () => {
  // 0.6 SOL are there once.
  const root = await trace(await send(forwarder, transferring(600_000_000n)));
  expect(failingPath(root)).toEqual([0, 1, 0]);
  expect(root).toMatchObject({
    error: "execution reverted",
    calls: [
      {
        vm: "own-vm",
        error: "execution reverted",
        calls: [
          { calls: [instruction] },
          {
            error: "execution reverted",
            calls: [{ ...instruction, revertReason: "custom program error: 0x1", errorDetail: '{"Custom":1}' }],
          },
        ],
      },
    ],
  });
});

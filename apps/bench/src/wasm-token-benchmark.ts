/** `transfer` of the SDK's ERC-20 example, called again and again inside one open transaction: journal, access list, logs and keccak256. */
import { fileURLToPath } from "node:url";
import { addressFromHex, bigintToBytes, concatBytes, createAddress, emptyBytes, keccak256, type Address, type Host } from "@trireme/core";
import { buildContract } from "@trireme/contract-as";
import { createImpersonatedFormat, encodeImpersonatedTransaction } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { createHostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState } from "@trireme/state";
import { testBlock } from "@trireme/testing";
import { arbWasmAddress, createWasm } from "@trireme/wasm";
import { rate, type Benchmark } from "./measure.ts";

const owner = addressFromHex("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
const token = createAddress(owner, 0n);
const block = { ...testBlock, baseFeePerGas: 0n };
/** Calls in one transaction, to as many receivers as `receivers`. */
const calls = 2000;
const receivers = 200;
const callGas = 1_000_000n;

/** Calls per second, the clock running only while the transaction is open. */
export async function createTokenBenchmark(): Promise<Benchmark> {
  const { initCode } = await buildContract({
    entryPath: fileURLToPath(new URL("../../../packages/contract-as/assembly/examples/erc20.ts", import.meta.url)),
    optimizeFor: "speed",
  });
  const format = createImpersonatedFormat();
  const executor = createHostExecutor({ environments: [createEvm(), createWasm()], formats: [format] });
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks: 1 });
  const genesis = createJournal(world.reader);
  genesis.beginTransaction();
  genesis.setBalance(owner, 10n ** 24n);
  genesis.endTransaction();
  const transact = (nonce: bigint, to: Address | undefined, value: bigint, data: Uint8Array): void => {
    const unsigned = { type: 0, chainId: block.chainId, nonce, gasLimit: 15_000_000n, to, value, data, ...noFees } as const;
    const decoded = format.decode(encodeImpersonatedTransaction(owner, unsigned), { chainId: block.chainId });
    if (decoded.kind === "invalid") throw new Error(decoded.error.message);
    const outcome = executor.executeTransaction(decoded.transaction, genesis, block, { gasLeft: block.gasLimit, blobGasLeft: 0n });
    if (outcome.kind === "invalid" || outcome.result.kind !== "success") throw new Error(`transaction ${nonce} failed`);
  };
  transact(0n, undefined, 0n, initCode);
  transact(1n, arbWasmAddress, 10n ** 18n, calldata("activateProgram(address)", padded(token)));
  const initialize = [bigintToBytes(96n, 32), bigintToBytes(160n, 32), bigintToBytes(10n ** 24n, 32), text("Bench"), text("BEN")];
  transact(2n, token, 0n, calldata("initialize(string,string,uint256)", ...initialize));
  const { diff, undo } = genesis.takeDiff();
  world.apply(0n, diff, undo);

  const inputs = Array.from({ length: receivers }, (_, index) =>
    calldata("transfer(address,uint256)", bigintToBytes(0xbeef0000n + BigInt(index), 32), bigintToBytes(1n, 32)),
  );
  const transferAll = (host: Host): void => {
    for (let index = 0; index < calls; index++) {
      const result = host.call(message(token, inputs[index % receivers] ?? emptyBytes));
      if (result.kind !== "success") throw new Error(`transfer ${index}: ${result.kind}`);
    }
  };
  return {
    name: `ERC-20 transfer in AssemblyScript, ${calls} calls in one open transaction`,
    unit: "calls/s",
    higherIsBetter: true,
    columns: [
      {
        name: "trireme",
        run: (milliseconds) =>
          rate(
            milliseconds,
            calls,
            () => createJournal(world.reader),
            (journal) => {
              const context = { origin: owner, gasPrice: 0n, blobHashes: [] };
              executor.call(message(owner, emptyBytes), journal, block, context, { before: transferAll });
            },
          ),
      },
    ],
  };
}

const noFees = {
  maxFeePerGas: 0n,
  maxPriorityFeePerGas: 0n,
  accessList: [],
  maxFeePerBlobGas: 0n,
  blobVersionedHashes: [],
  authorizationList: [],
};

function message(to: Address, input: Uint8Array) {
  const parts = { kind: "call", scheme: "call", sender: owner, recipient: to, codeAddress: to } as const;
  return { ...parts, value: 0n, input, gas: callGas, depth: 0, isStatic: false };
}

function calldata(signature: string, ...words: readonly Uint8Array[]): Uint8Array {
  return concatBytes(keccak256(new TextEncoder().encode(signature)).subarray(0, 4), ...words);
}

function padded(address: Address): Uint8Array {
  return concatBytes(new Uint8Array(12), address);
}

/** A short string in the ABI's encoding: its length and one word. */
function text(value: string): Uint8Array {
  const word = new Uint8Array(32);
  word.set(new TextEncoder().encode(value));
  return concatBytes(bigintToBytes(BigInt(value.length), 32), word);
}

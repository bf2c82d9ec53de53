/** A committed state with contracts of both kinds, and how they are called in it. */
import {
  addressFromHex,
  concatBytes,
  emptyBytes,
  keccak256,
  type Address,
  type BlockContext,
  type CallMessage,
  type TransactionContext,
} from "@trireme/core";
import { createEthereumFormat, createImpersonatedFormat, encodeImpersonatedTransaction } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, type Journal, type WorldState } from "@trireme/state";
import { testBlock } from "@trireme/testing";
import { arbWasmAddress, createWasm } from "@trireme/wasm";

/** Sends what sets a state up. */
export const owner: Address = addressFromHex("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
/** The block that everything runs in: no base fee, and room for any loop. */
export const wasmBlock: BlockContext = { ...testBlock, baseFeePerGas: 0n, gasLimit: 10n ** 13n };
/** Of calls that are no transactions. */
export const callContext: TransactionContext = { origin: owner, gasPrice: 0n, blobHashes: [] };

/** EVM and WASM side by side, for signed transactions and for those of `owner`. */
export const wasmExecutor: HostExecutor = createHostExecutor({
  environments: [createEvm(), createWasm()],
  formats: [createImpersonatedFormat(), createEthereumFormat()],
});

/** Sends a transaction of `owner`; to nobody it deploys. */
export type Send = (to: Address | undefined, data: Uint8Array, value?: bigint) => void;

/** A state in which `setUp` wrote and sent what it wanted. */
export function createWasmWorld(setUp: (journal: Journal, send: Send) => void): WorldState {
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks: 1 });
  const journal = createJournal(world.reader);
  journal.setBalance(owner, 10n ** 30n);
  const format = createImpersonatedFormat();
  let nonce = 0n;
  setUp(journal, (to, data, value = 0n) => {
    const unsigned = { type: 0, chainId: wasmBlock.chainId, nonce, gasLimit: 15_000_000n, to, value, data, ...noFees } as const;
    nonce++;
    const decoded = format.decode(encodeImpersonatedTransaction(owner, unsigned), { chainId: wasmBlock.chainId });
    if (decoded.kind === "invalid") throw new Error(decoded.error.message);
    const room = { gasLeft: wasmBlock.gasLimit, blobGasLeft: 0n };
    const outcome = wasmExecutor.executeTransaction(decoded.transaction, journal, wasmBlock, room);
    if (outcome.kind === "invalid" || outcome.result.kind !== "success") throw new Error(`transaction ${unsigned.nonce} failed`);
  });
  const { diff, undo } = journal.takeDiff();
  world.apply(0n, diff, undo);
  return world;
}

/** Activates the program at an address. */
export function activate(send: Send, program: Address): void {
  send(arbWasmAddress, calldata("activateProgram(address)", concatBytes(new Uint8Array(12), program)), 10n ** 18n);
}

/** A call by `owner`, as the outermost frame. */
export function messageTo(to: Address, input: Uint8Array, gas: bigint): CallMessage {
  return {
    kind: "call",
    scheme: "call",
    sender: owner,
    recipient: to,
    codeAddress: to,
    value: 0n,
    input,
    gas,
    depth: 0,
    isStatic: false,
  };
}

/** The output of a call on a fresh journal. @throws Error unless it succeeds */
export function outputOfCall(world: WorldState, to: Address, input: Uint8Array): Uint8Array {
  const { result } = wasmExecutor.call(messageTo(to, input, 10n ** 11n), createJournal(world.reader), wasmBlock, callContext);
  if (result.kind !== "success") throw new Error(`expected the call to succeed, got ${result.kind}`);
  return result.output ?? emptyBytes;
}

/** Selector and words. */
export function calldata(signature: string, ...words: readonly Uint8Array[]): Uint8Array {
  return concatBytes(keccak256(new TextEncoder().encode(signature)).subarray(0, 4), ...words);
}

const noFees = {
  maxFeePerGas: 0n,
  maxPriorityFeePerGas: 0n,
  accessList: [],
  maxFeePerBlobGas: 0n,
  blobVersionedHashes: [],
  authorizationList: [],
};

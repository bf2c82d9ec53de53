/**
 * The VMs and dialects of chains whose threads die, which the main thread and every thread of a pool make from here. Among them a
 * toy VM: its contracts count, call on, and do what they are told to on the threads of a pool.
 */
import { isMainThread, workerData } from "node:worker_threads";
import {
  bytesToBigint,
  type Address,
  type CallMessage,
  type EnvironmentDescriptor,
  type EnvironmentSource,
  type ExecutionResult,
  type FormatDescriptor,
  type Host,
} from "@trireme/core";
import { createEthereumFormat, createImpersonatedFormat } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { BlockMemory } from "@trireme/scheduler";
import { createSolanaFormat, createSvm } from "@trireme/svm";
import { createWasm } from "@trireme/wasm";
import { word } from "../chain-fixture.mts";
import { openFaultControl, type FaultControl } from "./fault-control.mts";

/** Code of this VM begins with these bytes. */
export const faultyPrefix = Uint8Array.of(0xef, 0xe1, 0x00);

/**
 * First byte of an input. All but `throwAlways` add one to the slot of the next byte. `count` then calls whom the rest names,
 * `throwUnless` expects the third byte as count, `fill` writes 16 slots more for each that it says.
 */
export const faultyOp = { count: 0, throwAlways: 1, throwUnless: 2, fill: 3 } as const;

type Control = ReturnType<typeof openFaultControl>;
/** Undefined on threads that are none of a pool. */
const worker: number | undefined = isMainThread ? undefined : (workerData as { readonly worker?: number } | null)?.worker;
const gasOfCall = 5_000n;

/** Compiled, this file is an entry, and its chunks stand beside it. */
const sourceOf = (name: string, options?: unknown): EnvironmentSource => ({
  module: import.meta.url.endsWith(".mts") ? import.meta.url : new URL("./environments.js", import.meta.url).href,
  name,
  options,
});

export const evm = (): EnvironmentDescriptor => ({ id: "evm", create: () => createEvm(), source: sourceOf("evm") });
export const wasm = (): EnvironmentDescriptor => ({ id: "wasm", create: () => createWasm(), source: sourceOf("wasm") });
export const svm = (): EnvironmentDescriptor => ({ id: "svm", create: () => createSvm(), source: sourceOf("svm") });
export const ethereum = (): FormatDescriptor => ({ id: "ethereum", create: createEthereumFormat, source: sourceOf("ethereum") });
export const solana = (): FormatDescriptor => ({ id: "solana", create: createSolanaFormat, source: sourceOf("solana") });
export const impersonated = (): FormatDescriptor => ({
  id: "impersonated",
  create: createImpersonatedFormat,
  source: sourceOf("impersonated"),
});

/** The toy VM. */
export function faulty(given: FaultControl): EnvironmentDescriptor {
  const control = openFaultControl(given);
  return {
    id: "faulty",
    create: () => {
      if (worker !== undefined) watchLocks(control, worker);
      else if (isMainThread) waitForThreads(control);
      if (worker !== undefined && control.setUpFails) throw new Error("expected a set-up that goes well, was told that it fails");
      return {
        id: "faulty",
        claims: { kind: "prefix", prefix: faultyPrefix },
        execute: (message, host) => (message.kind === "call" ? call(message, host, control) : { kind: "halt", reason: "invalidCode" }),
      };
    },
    source: sourceOf("faulty", given),
  };
}

function call(message: CallMessage, host: Host, control: Control): ExecutionResult {
  const [op = 0, slot = 0, expected = 0] = message.input;
  if (worker !== undefined) {
    for (const trouble of ["throw", "overflow", "heap", "spin"] as const) if (control.isDue(trouble)) makeTrouble(trouble, control);
  }
  if (worker === undefined && control.callerOverflows) {
    control.noteHit(0);
    nest(0);
  }
  if (op === faultyOp.throwAlways) throw new Error("expected a contract that runs, got one that throws");
  const gas = message.gas - gasOfCall;
  if (gas < 0n) return { kind: "halt", reason: "outOfGas" };
  const key = word(BigInt(slot));
  const count = bytesToBigint(host.getStorage(message.recipient, key));
  if (op === faultyOp.throwUnless && count % 256n !== BigInt(expected)) throw new Error(`expected the count ${expected}, got ${count}`);
  host.setStorage(message.recipient, key, word(count + 1n));
  for (let place = 0n; op === faultyOp.fill && place < BigInt(expected) * 16n; place++)
    host.setStorage(message.recipient, word((BigInt(slot + 1) << 16n) + place), word(place + 1n));
  if (worker !== undefined && control.isDue("transaction")) {
    control.noteHit(worker);
    control.waitForTheEnd();
  }
  if (worker !== undefined && control.isDue("exit")) {
    control.noteHit(worker);
    process.exit(1);
  }
  return op === faultyOp.count && message.input.length > 22 ? callOn(message, host, gas, control) : success(gas);
}

/** Calls the address after the slot with the rest of the input. */
function callOn(message: CallMessage, host: Host, gas: bigint, control: Control): ExecutionResult {
  const recipient = message.input.slice(2, 22) as Address;
  const isWatched = worker !== undefined && control.isDue("WASM");
  if (isWatched) control.noteHit(worker);
  const { recipient: sender, depth } = message;
  // Whoever is to be ended in there stays for long enough.
  const [input, budget] = isWatched ? [new Uint8Array(4).fill(0x7f), gas * 1_000n] : [message.input.slice(22), gas];
  const result = host.call({ ...message, sender, recipient, codeAddress: recipient, value: 0n, input, gas: budget, depth: depth + 1 });
  if (isWatched) control.notePassed();
  return result.kind === "success" ? success(result.gasLeft) : result;
}

function success(gasLeft: bigint): ExecutionResult {
  return { kind: "success", gasLeft, gasRefund: 0n, output: new Uint8Array(0) };
}

function makeTrouble(trouble: "throw" | "overflow" | "heap" | "spin", control: Control): void {
  control.noteHit(worker as number);
  if (trouble === "throw") throw new Error("expected a thread that goes on, was told to throw");
  if (trouble === "overflow") nest(0);
  if (trouble === "heap") for (const held: unknown[] = []; ;) held.push(Array.from({ length: 1_000_000 }, () => 0.5));
  if (trouble === "spin") for (;;);
}

function nest(depth: number): number {
  return nest(depth + 1) + 1;
}

/** State of a block that threads are to work on. */
const running = 0;
let isWatched = false;

/**
 * The thread that asks for blocks lets the others come first where one of them is to stop at a place, and meets them before it
 * says what its first transaction left: else it may have run the whole block before they have begun.
 */
function waitForThreads(control: Control): void {
  if (isWatched) return;
  isWatched = true;
  const memory = BlockMemory.prototype;
  const { setGas } = memory;
  memory.setGas = function met(this: BlockMemory, ...left) {
    control.meet(0);
    setGas.apply(this, left);
  };
  const changes = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(memory), "changes")?.get;
  if (changes === undefined) throw new Error("expected BlockMemory to have a getter changes");
  Object.defineProperty(memory, "changes", {
    get(this: BlockMemory): number {
      while (control.isAwaited && this.state === running) control.pause();
      return changes.call(this) as number;
    },
  });
}

/**
 * Stops a thread where it holds a lock of the block's memory, and lets threads meet before their first one: no contract can do
 * that, so that the memory itself is watched.
 */
function watchLocks(control: Control, watched: number): void {
  const memory = BlockMemory.prototype as unknown as Record<"lock" | "addUsed", (this: BlockMemory, place: number) => void>;
  const stopAfter = (name: "lock" | "addUsed", place: "key lock" | "commit lock"): void => {
    const original = memory[name];
    if (typeof original !== "function") throw new Error(`expected BlockMemory to have a method ${name}`);
    memory[name] = function stopped(this: BlockMemory, position) {
      if (name === "lock") control.meet(watched);
      original.call(this, position);
      if (!control.isDue(place)) return;
      control.noteHit(watched);
      control.waitForTheEnd();
    };
  };
  stopAfter("lock", "key lock");
  stopAfter("addUsed", "commit lock");
}

/** A thread of some stack size: finds how many frames of each program nest on it. */
import { setFlagsFromString } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { addressFromBytes, isTriremeError, type Address } from "@trireme/core";
import { codeFromWasm } from "@trireme/contract-as";
import { createEvm } from "@trireme/evm";
import { createHostExecutor } from "@trireme/host";
import { createJournal } from "@trireme/state";
import { createWasm, defaultStylusParameters } from "@trireme/wasm";
import { relayCode, stackInput } from "./stack-programs.ts";
import { activate, callContext, createWasmWorld, messageTo, wasmBlock } from "./wasm-world.ts";

/** What a thread is to measure. */
export interface StackTask {
  readonly programs: readonly { readonly wasm: Uint8Array; readonly recursions: number }[];
  /** Frames beyond which nothing is tried: of a program alone, and in turn with the EVM's. */
  readonly mostAlone: number;
  readonly mostInTurn: number;
  /** The only compiler of V8 that is to be used. */
  readonly compiler: "liftoff" | "turbofan";
}

/** For each program: frames of it alone, and in turn with a contract of the EVM. */
export type StackFigures = readonly (readonly [alone: number, inTurn: number])[];

const compilerFlags = { liftoff: ["--liftoff", "--liftoff-only"], turbofan: ["--no-liftoff-only", "--no-liftoff"] } as const;

/** All that a frame can have: of each level a 64th stays behind, which leaves enough for 900 of them. */
const gas = 9n * 10n ** 11n;

function measure({ programs, mostAlone, mostInTurn, compiler }: StackTask): StackFigures {
  // Flags are the process's: what the thread before set is taken back.
  for (const flag of compilerFlags[compiler]) setFlagsFromString(flag);
  const addresses = programs.map((_, index) => [addressAt(0x5a00 + index), addressAt(0x5e00 + index)] as const);
  const world = createWasmWorld((journal, send) => {
    for (const [index, [program, relay]] of addresses.entries()) {
      journal.setCode(program, codeFromWasm(programs[index]?.wasm as Uint8Array));
      journal.setCode(relay, relayCode(program));
      activate(send, program);
    }
  });
  // Without the price of pages, which lets 128 frames nest at most; a start costs little; no limit to re-entries.
  const parameters = { ...defaultStylusParameters, freePages: 0xffff, initCostScalar: 0, cachedCostScalar: 0 };
  const executor = createHostExecutor({ environments: [createEvm(), createWasm({ parameters })], formats: [], reentryLimit: 2000 });
  const fits = (frames: number, program: Address, callee: Address, recursions: number): boolean => {
    try {
      const message = messageTo(program, stackInput(frames - 1, recursions, callee), gas);
      const { result } = executor.call(message, createJournal(world.reader), wasmBlock, callContext);
      if (result.kind === "success") return true;
      throw new Error(`${frames} frames: expected success or an overflow, got ${result.kind}`);
    } catch (error) {
      if (isTriremeError(error) && error.code === "STACK_OVERFLOW") return false;
      throw error;
    }
  };
  return addresses.map(([program, relay], index) => {
    const recursions = programs[index]?.recursions ?? 0;
    const most = (callee: Address, limit: number): number => mostThatFit(limit, (frames) => fits(frames, program, callee, recursions));
    return [most(program, mostAlone), most(relay, mostInTurn)];
  });
}

/** The largest number up to `limit` for which `fits` holds, where it holds for all below; 0 for none. */
function mostThatFit(limit: number, fits: (count: number) => boolean): number {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function addressAt(number: number): Address {
  return addressFromBytes(Uint8Array.from({ length: 20 }, (_, index) => (index === 18 ? number >> 8 : index === 19 ? number & 0xff : 0)));
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin
parentPort?.postMessage(measure(workerData as StackTask));

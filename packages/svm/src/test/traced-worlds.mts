/** Twin worlds that also compare every instruction that programs executed, and count what the compiler did not compile. */
import { keccak256, toAddress, type Hash, type Instruction, type Pubkey } from "@trireme/core";
import { cryptoSyscalls } from "../crypto/crypto-syscalls.ts";
import { createSvmOf } from "../environment.ts";
import { sysvarIds } from "../known-keys.ts";
import { precompiles } from "../precompiles/precompiles.ts";
import { runtimeSyscalls } from "../syscalls/syscall-table.ts";
import { encodeSlotHashes } from "../sysvars/slot-hashes.ts";
import { createCountedCompiler } from "./counted-compiler.mts";
import { traceRegisters } from "./register-traces.mts";
import { traceDifference } from "./trace-difference.mts";
import { createTracedInterpreter, rowLength } from "./traced-interpreter.mts";
import { createTwinWorlds, type TwinWorlds } from "./twin-worlds.mts";

/** What was compared so far. */
export interface TraceCounts {
  /** Programs that ran, callees included. */
  readonly runs: number;
  readonly instructions: number;
  /** Different slots of all programs among them. */
  readonly slots: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Runs of the compiler that left what it had compiled. */
  readonly fallbacks: number;
}

/** Worlds in one process; litesvm traces all of them. */
export interface TracedWorlds {
  /** New worlds, which know the hashes of slots 0 to 2. */
  create(): TwinWorlds;
  /** Counts since the last call. */
  takeCounts(): TraceCounts;
  /** Ends tracing. */
  close(): void;
}

/** Begins tracing. */
export function createTracedWorlds(): TracedWorlds {
  const traces = traceRegisters();
  const interpreter = createTracedInterpreter();
  const compiler = createCountedCompiler();
  const syscalls = [runtimeSyscalls, cryptoSyscalls];
  const compiled = createSvmOf({}, { engine: compiler.engine, syscalls, precompiles });
  const interpreted = createSvmOf({}, { engine: interpreter.engine, syscalls, precompiles });
  const slots = new Map<object, Set<bigint>>();
  let counts = { runs: 0, instructions: 0, succeeded: 0, failed: 0, fallbacks: 0 };
  let fallbacksBefore = 0;

  function send(twins: TwinWorlds, payer: Pubkey, instructions: readonly Instruction[]): ReturnType<TwinWorlds["send"]> {
    let result: ReturnType<TwinWorlds["send"]>;
    try {
      result = twins.send(payer, ...instructions);
    } catch (error) {
      // Where the results differ, the first instruction that did is what one wants to know.
      const difference = traceDifference(interpreter.take(), traces.take());
      if (difference !== undefined && error instanceof Error) error.message = `${difference}\n${error.message}`;
      throw error;
    }
    const ours = interpreter.take();
    const difference = traceDifference(ours, traces.take());
    if (difference !== undefined) throw new Error(difference);
    for (const { executable, rows } of ours) {
      counts.runs++;
      counts.instructions += rows.length / rowLength;
      let seen = slots.get(executable);
      if (seen === undefined) slots.set(executable, (seen = new Set()));
      for (let at = rowLength - 1; at < rows.length; at += rowLength) seen.add(rows[at] as bigint);
    }
    if (result.theirs.error === undefined) counts.succeeded++;
    else counts.failed++;
    return result;
  }

  return {
    create() {
      const twins = createTwinWorlds([compiled, interpreted]);
      for (const { host } of twins.worlds) Object.assign(host, { getBlockHash: hashOfSlot });
      const { host } = twins.ours;
      twins.oracle.setAccount({
        key: sysvarIds.slotHashes,
        owner: sysvarIds.owner,
        lamports: 1n,
        data: encodeSlotHashes(host),
        executable: false,
      });
      return { ...twins, send: (payer, ...instructions) => send(twins, payer, instructions) };
    },
    takeCounts() {
      const taken = {
        ...counts,
        slots: [...slots.values()].reduce((sum, { size }) => sum + size, 0),
        fallbacks: compiler.fallbacks - fallbacksBefore,
      };
      counts = { runs: 0, instructions: 0, succeeded: 0, failed: 0, fallbacks: 0 };
      slots.clear();
      fallbacksBefore = compiler.fallbacks;
      return taken;
    },
    close: traces.close,
  };
}

function hashOfSlot(slot: bigint): Hash | undefined {
  return slot >= 0n && slot < 3n ? (keccak256(toAddress(new Uint8Array(32).fill(Number(slot)) as Pubkey)) as Hash) : undefined;
}

/** The interpreter, with r0 to r10 and the slot before each instruction, a trace for each program that ran. */
import type { Engine, Machine } from "../sbpf/engine.ts";
import type { Executable } from "../sbpf/executable.ts";
import { createInterpreter } from "../sbpf/interpreter.ts";

/** Values of a row: r0 to r10, then the slot. */
export const rowLength = 12;

/** What one run of a program did. */
export interface RegisterTrace {
  readonly executable: Executable;
  /** Rows of 12 values. */
  readonly rows: BigUint64Array;
  /** Whether units ran out. litesvm's compiled code finds out at the end of a block: its trace goes on to there. */
  readonly ranOut: boolean;
}

/** An engine that keeps traces until they are taken. */
export interface TracedInterpreter {
  readonly engine: Engine;
  /** The traces since the last call, a callee's before its caller's. */
  take(): readonly RegisterTrace[];
}

interface OpenTrace {
  values: BigUint64Array;
  length: number;
}

/** Creates one. */
export function createTracedInterpreter(): TracedInterpreter {
  const open: OpenTrace[] = [];
  let done: RegisterTrace[] = [];
  const plain = createInterpreter({
    onInstruction(registers, pc) {
      const trace = open.at(-1) as OpenTrace;
      if (trace.length + rowLength > trace.values.length) {
        const grown = new BigUint64Array(2 * trace.values.length);
        grown.set(trace.values);
        trace.values = grown;
      }
      trace.values.set(registers, trace.length);
      trace.values[trace.length + rowLength - 1] = BigInt(pc);
      trace.length += rowLength;
    },
  });
  return {
    engine: {
      name: "interpreter",
      prepare(executable, syscalls) {
        const program = plain.prepare(executable, syscalls);
        return {
          acquire(heapLength) {
            const instance = program.acquire(heapLength);
            return {
              ...instance,
              run(machine: Machine) {
                const trace: OpenTrace = { values: new BigUint64Array(rowLength * 1024), length: 0 };
                open.push(trace);
                try {
                  const outcome = instance.run(machine);
                  const ranOut =
                    outcome.kind === "fault" && outcome.fault.kind === "vm" && outcome.fault.name === "ExceededMaxInstructions";
                  done.push({ executable, rows: trace.values.slice(0, trace.length), ranOut });
                  return outcome;
                } finally {
                  open.pop();
                }
              },
            };
          },
        };
      },
    },
    take() {
      const taken = done;
      done = [];
      return taken;
    },
  };
}

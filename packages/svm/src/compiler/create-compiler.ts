/** The fast engine: sBPF becomes WebAssembly, which V8 turns into machine code. */
import type { Engine, Machine, PreparedProgram, Syscall, SyscallTable } from "../sbpf/engine.ts";
import type { Executable } from "../sbpf/executable.ts";
import { slotLength } from "../sbpf/instruction.ts";
import { createInterpreter } from "../sbpf/interpreter.ts";
import { compileProgram } from "./compile-program.ts";
import type { ProgramModules } from "./code-runner.ts";
import { createCompiledInstance, createInstanceMemory, type CompiledInstance, type CompiledProgram } from "./compiled-instance.ts";
import { compileExactly } from "./exact-code.ts";
import { hostSyscall, memorySyscallNames, type MemorySyscall } from "./memory-syscalls.ts";
import { readProgram } from "./program-text.ts";
import { checkLength, TranslationLimitError } from "./translation-limits.ts";

export interface CompilerOptions {
  /**
   * Instances that are kept for later runs, over all programs; 32 unless named. Each holds what its program touched of a
   * memory of 80 MiB, and some gigabytes of address space.
   */
  readonly idleInstances?: number;
  /** Whether memcpy, memmove, memset and memcmp run inside compiled code, with Solana's costs; true unless named. */
  readonly inlineMemorySyscalls?: boolean;
  /**
   * Told once for each program that is interpreted because its translation would take too long, with the limit that it
   * exceeds. What it throws comes out of `acquire`.
   */
  readonly onInterpreted?: (reason: string) => void;
}

/** An engine that compiles. Translation happens at the first `acquire` of a program, once. */
export function createCompiler({ idleInstances = 32, inlineMemorySyscalls = true, onInterpreted }: CompilerOptions = {}): Engine {
  // Least recently used first: an instance that is taken again leaves the set, and comes back at its end.
  const idle = new Set<Idle>();
  // Memories go from program to program: V8 collects garbage for each that is made, as if all of it were in use.
  const memories: WebAssembly.Memory[] = [];
  // One memory with a long input is kept: growing and faulting in 60 MiB anew for each instruction costs more than using them.
  let large: Idle | undefined;
  const keepIdle = (most: number): void => {
    for (const place of idle) {
      if (idle.size <= most) return;
      idle.delete(place);
      const memory = place.retire();
      if (place === large) large = undefined;
      else if (memories.length < idleInstances) memories.push(memory);
    }
  };
  return {
    name: "compiler",
    prepare<M extends Machine>(executable: Executable, syscalls: SyscallTable<M>): PreparedProgram<M> {
      const own: { readonly instance: CompiledInstance<M>; readonly place: Idle }[] = [];
      let program: CompiledProgram<M> | undefined;
      let interpreted: PreparedProgram<M> | undefined;
      const create = (): CompiledInstance<M> | undefined => {
        try {
          program ??= createProgram(executable, syscalls, inlineMemorySyscalls);
        } catch (error) {
          if (!(error instanceof TranslationLimitError)) throw error;
          onInterpreted?.(error.message);
          interpreted = (createInterpreter() as unknown as Engine<M>).prepare(executable, syscalls);
          return undefined;
        }
        if (memories.length === 0) keepIdle(idleInstances - 1);
        return createCompiledInstance(program, memories.pop() ?? createInstanceMemory());
      };
      return {
        acquire(heapLength) {
          const kept = own.pop();
          if (kept !== undefined) idle.delete(kept.place);
          if (kept?.place === large) large = undefined;
          const instance = kept?.instance ?? (interpreted === undefined ? create() : undefined);
          if (instance === undefined) return interpreted!.acquire(heapLength);
          return instance.open(heapLength, () => {
            instance.clear();
            if (!instance.isSmall && large !== undefined) return;
            const entry = {
              instance,
              place: {
                retire: () => {
                  own.splice(own.indexOf(entry), 1);
                  return instance.retire();
                },
              },
            };
            if (!instance.isSmall) large = entry.place;
            own.push(entry);
            idle.add(entry.place);
            keepIdle(idleInstances);
          });
        },
      };
    },
  };
}

/** An instance that waits for its next run; `retire` gives its memory up. */
interface Idle {
  readonly retire: () => WebAssembly.Memory;
}

/** Modules for segments in which units ran out, kept up to this many. */
const keptSegments = 64;

function createProgram<M extends Machine>(executable: Executable, syscalls: SyscallTable<M>, isInline: boolean): CompiledProgram<M> {
  let keeping: ProgramModules<M> | undefined;
  return {
    executable,
    modules: translate(executable, syscalls, isInline),
    keepingFrame: () => (keeping ??= translate(executable, syscalls, isInline, true)),
  };
}

/** Compiles a program, and what it needs rarely when it needs it. @throws TranslationLimitError */
export function translate<M extends Machine>(
  executable: Executable,
  syscalls: SyscallTable<M>,
  inlineMemorySyscalls: boolean,
  keepsFrame = false,
): ProgramModules<M> {
  checkLength(executable.text.length / slotLength);
  const indices = new Map([...syscalls.keys()].map((hash, index) => [hash, index]));
  const functions: readonly Syscall<M>[] = [...syscalls.values()];
  const inline = new Map<number, MemorySyscall>();
  if (inlineMemorySyscalls) {
    for (const name of memorySyscallNames) if (syscalls.has(hostSyscall[name].hash)) inline.set(hostSyscall[name].hash, name);
  }
  const text = readProgram(executable, indices, keepsFrame);
  const { bytes, tableSlots, isBlockStart } = compileProgram(text, executable, indices, inline);
  let exact: WebAssembly.Module | undefined;
  const segments = new Map<number, WebAssembly.Module>();
  return {
    text,
    syscalls: functions,
    syscallHashes: [...syscalls.keys()],
    tableSlots,
    isBlockStart,
    main: new WebAssembly.Module(bytes),
    exact: () => (exact ??= new WebAssembly.Module(compileExactly(text, indices, inline))),
    exactSegment(start, stop) {
      let module = segments.get(start);
      if (module === undefined) {
        if (segments.size === keptSegments) segments.clear();
        module = new WebAssembly.Module(compileExactly(text, indices, inline, { start, stop }));
        segments.set(start, module);
      }
      return module;
    },
  };
}

/** The compiler, with a count of what its main module could not run. */
import {
  createCompiledInstance,
  createInstanceMemory,
  type CompiledInstance,
  type CompiledProgram,
} from "../compiler/compiled-instance.ts";
import { translate } from "../compiler/create-compiler.ts";
import type { ProgramModules } from "../compiler/code-runner.ts";
import type { Engine, Machine } from "../sbpf/engine.ts";

/** The compiler's engine without its pool. */
export interface CountedCompiler {
  readonly engine: Engine;
  /** Runs of main modules so far. */
  readonly runs: number;
  /** Calls so far that left a main module for code that can be entered anywhere, or that were made for an unusual r10. */
  readonly fallbacks: number;
}

/** Creates one. */
export function createCountedCompiler(): CountedCompiler {
  let [runs, fallbacks] = [0, 0];
  return {
    engine: {
      name: "compiler",
      prepare<M extends Machine>(executable: CompiledProgram<M>["executable"], syscalls: Parameters<typeof translate<M>>[1]) {
        const free: CompiledInstance<M>[] = [];
        let program: CompiledProgram<M> | undefined;
        const compile = (): CompiledProgram<M> => {
          const modules = translate(executable, syscalls, true);
          const counted: ProgramModules<M> = {
            ...modules,
            exact() {
              fallbacks++;
              return modules.exact();
            },
          };
          return {
            executable,
            modules: counted,
            keepingFrame() {
              fallbacks++;
              return translate(executable, syscalls, true, true);
            },
          };
        };
        return {
          acquire(heapLength) {
            program ??= compile();
            const instance = free.pop() ?? createCompiledInstance(program, createInstanceMemory());
            runs++;
            return instance.open(heapLength, () => {
              instance.clear();
              free.push(instance);
            });
          },
        };
      },
    },
    get runs() {
      return runs;
    },
    get fallbacks() {
      return fallbacks;
    },
  };
}

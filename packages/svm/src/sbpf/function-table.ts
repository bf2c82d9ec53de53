/** Internal functions of V0 to V2 by key. A key is a hash that can be undone, so the table is a bit for each slot. */
import { elfFault } from "./elf-error.ts";
import { entrypointKey, functionKey, functionPc } from "./murmur3.ts";

/** Functions as a linker registers them. */
export interface FunctionRegistry {
  /** Notes the function at a slot; gives its key. */
  register(pc: number): number;
  /** As `register`, under the key of the entrypoint. @throws ElfFault `SymbolHashCollision` for a second one elsewhere */
  registerEntrypoint(pc: number): number;
  /** Forgets the entrypoint. */
  forgetEntrypoint(): void;
  readonly table: ReadonlyMap<number, number>;
}

/** Hashes of the syscalls that exist. */
export interface SyscallHashes {
  has(hash: number): boolean;
}

/**
 * A registry for a text of `slots`. No two slots have the same key, and none that a text can have has that of the
 * entrypoint: only syscalls collide, and two entrypoints. @throws ElfFault `SymbolHashCollision` from its functions
 */
export function createFunctionRegistry(slots: number, syscalls: SyscallHashes): FunctionRegistry {
  const marks = new Uint8Array((slots + 8) >> 3);
  let entrypoint: number | undefined;
  let size = 0;
  const checked = (key: number): number => {
    if (syscalls.has(key)) throw elfFault("SymbolHashCollision", key);
    return key;
  };
  const isMarked = (pc: number) => pc <= slots && (marks[pc >> 3]! & (1 << (pc & 7))) !== 0;
  const get = (key: number): number | undefined => {
    if (key === entrypointKey) return entrypoint;
    const pc = functionPc(key);
    return isMarked(pc) ? pc : undefined;
  };
  function* entries(): Generator<[number, number], undefined, unknown> {
    for (let pc = 0; pc <= slots; pc++) if (isMarked(pc)) yield [functionKey(pc), pc];
    if (entrypoint !== undefined) yield [entrypointKey, entrypoint];
    return undefined;
  }
  function* part<T>(pick: (entry: [number, number]) => T): Generator<T, undefined, unknown> {
    for (const entry of entries()) yield pick(entry);
    return undefined;
  }
  const table: ReadonlyMap<number, number> = {
    get,
    has: (key) => get(key) !== undefined,
    get size() {
      return size + (entrypoint === undefined ? 0 : 1);
    },
    entries,
    keys: () => part(([key]) => key),
    values: () => part(([, pc]) => pc),
    forEach(visit) {
      for (const [key, pc] of entries()) visit(pc, key, table);
    },
    [Symbol.iterator]: entries,
  };
  return {
    register(pc) {
      const key = checked(functionKey(pc));
      if (!isMarked(pc)) size++;
      marks[pc >> 3]! |= 1 << (pc & 7);
      return key;
    },
    registerEntrypoint(pc) {
      const key = checked(entrypointKey);
      if (entrypoint !== undefined && entrypoint !== pc) throw elfFault("SymbolHashCollision", key);
      entrypoint = pc;
      return key;
    },
    forgetEntrypoint() {
      entrypoint = undefined;
    },
    table,
  };
}

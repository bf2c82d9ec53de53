/** memcpy, memmove, memset and memcmp inside the module: the common case here, everything else by the syscall itself. */
import { murmur3 } from "../sbpf/murmur3.ts";
import { callImport, defineFunction, get, leb, narrowConstant, sequence, storeMeter, wideConstant, zero } from "./body-bytes.ts";
import { meterOffset, registersOffset } from "./control-page.ts";
import { wide, type ModuleParts } from "./module-parts.ts";
import { bulk, valueType, wasm } from "./wasm-codes.ts";

export type MemorySyscall = "memcpy" | "memmove" | "memset" | "memcmp";

/** The syscalls that are compiled in, by name: their arguments, and their hash. */
export const hostSyscall: Readonly<Record<MemorySyscall, { readonly arity: number; readonly hash: number }>> = {
  memcpy: { arity: 3, hash: murmur3("sol_memcpy_") },
  memmove: { arity: 3, hash: murmur3("sol_memmove_") },
  memset: { arity: 3, hash: murmur3("sol_memset_") },
  memcmp: { arity: 4, hash: murmur3("sol_memcmp_") },
};

export const memorySyscallNames = Object.keys(hostSyscall) as readonly MemorySyscall[];

const { i64, empty } = valueType;

/** Parameters: units left, then up to four arguments. */
const meter = 0;
const first = 1;
const second = 2;
const third = 3;
const fourth = 4;

/** Locals behind the parameters of a syscall: its cost, then offsets in memory and a counter. */
interface Locals {
  readonly cost: number;
  readonly left: number;
  readonly right: number;
  readonly result: number;
  readonly index: number;
}

/** Writes those that the module shall have. */
export function emitMemorySyscalls(parts: ModuleParts, syscallIndices: ReadonlyMap<number, number>): void {
  for (const name of memorySyscallNames) {
    const { arity, hash } = hostSyscall[name];
    if (parts.memorySyscallAt(hash) === undefined) continue;
    const locals: Locals = { cost: arity + 1, left: arity + 2, right: arity + 3, result: arity + 4, index: arity + 5 };
    const { cost } = locals;
    const fast = sequence(
      // Nothing at all, or more than any region holds.
      [...get(third), ...wideConstant(1), wasm.i64Sub, ...wideConstant(0x0fff_ffff), wasm.i64GeU, wasm.brIf, 0],
      // max(10, length / 250)
      [...get(third), ...wideConstant(250), wasm.i64DivU, wasm.localTee, cost, ...wideConstant(10)],
      [...get(cost), ...wideConstant(10), wasm.i64GtU, wasm.select, wasm.localTee, cost],
      [...get(meter), wasm.i64GtU, wasm.brIf, 0],
      fastPaths[name](parts, locals),
      [...zero, ...wideConstant(0), wasm.i64Store, 3, ...leb(registersOffset)],
      [...get(meter), ...get(cost), wasm.i64Sub, wasm.return],
    );
    const slow = storeMeter(meter);
    for (let register = 1; register <= arity; register++) {
      slow.push(...zero, ...get(register), wasm.i64Store, 3, ...leb(registersOffset + 8 * register));
    }
    slow.push(...narrowConstant(syscallIndices.get(hash)!), ...callImport("syscall"));
    slow.push(...zero, wasm.i64Load, 3, ...leb(meterOffset));
    const body = sequence([wasm.block, empty], fast, [wasm.end], slow);
    parts.nameHelper(name, defineFunction(parts, wide(arity + 1), [i64], body, { wide: 1, narrow: 4 }));
  }
}

/** Puts the offset of `[address, address + length)` into a local; leaves the block if it is not within what is accessible without question. */
function locate(parts: ModuleParts, address: number, length: readonly number[], kind: "load" | "store", into: number): number[] {
  const helper = parts.indexOf(kind === "load" ? "locateLoad" : "locateStore");
  return sequence([...get(address), ...length, wasm.call, ...leb(helper), wasm.localTee, into], [wasm.i32Eqz, wasm.brIf, 0]);
}

const narrow = (local: number): number[] => [...get(local), wasm.i32WrapI64];

function copy(parts: ModuleParts, { left, right }: Locals): number[] {
  return sequence(locate(parts, first, get(third), "store", left), locate(parts, second, get(third), "load", right), [
    ...get(left),
    ...get(right),
    ...narrow(third),
    wasm.bulk,
    bulk.memoryCopy,
    0,
    0,
  ]);
}

/** The instructions between the checks of length and cost and the end. */
const fastPaths: Readonly<Record<MemorySyscall, (parts: ModuleParts, locals: Locals) => number[]>> = {
  memcpy: (parts, locals) =>
    sequence(
      // Overlapping ranges are an error that the syscall reports: |first - second| < length.
      [...get(first), ...get(second), wasm.i64Sub, ...get(third), wasm.i64LtU, wasm.brIf, 0],
      [...get(second), ...get(first), wasm.i64Sub, ...get(third), wasm.i64LtU, wasm.brIf, 0],
      copy(parts, locals),
    ),
  memmove: copy,
  memset: (parts, { left }) =>
    sequence(locate(parts, first, get(third), "store", left), [
      ...get(left),
      ...narrow(second),
      ...narrow(third),
      wasm.bulk,
      bulk.memoryFill,
      0,
    ]),
  // The outcome is an i32 in memory: the difference of the first bytes that differ.
  memcmp: (parts, { left, right, result, index }) =>
    sequence(
      [...get(fourth), ...wideConstant(3), wasm.i64And, wasm.i64Eqz, wasm.i32Eqz, wasm.brIf, 0],
      locate(parts, first, get(third), "load", left),
      locate(parts, second, get(third), "load", right),
      locate(parts, fourth, wideConstant(4), "store", result),
      [wasm.block, empty, wasm.loop, empty],
      [...get(index), ...narrow(third), wasm.i32GeU, wasm.brIf, 1],
      [...byteAt(left, index), ...byteAt(right, index), wasm.i32Ne, wasm.brIf, 1],
      [...get(index), ...narrowConstant(1), wasm.i32Add, wasm.localSet, index, wasm.br, 0],
      [wasm.end, wasm.end],
      [...get(result), ...get(index), ...narrow(third), wasm.i32LtU, wasm.if, valueType.i32],
      [...byteAt(left, index), ...byteAt(right, index), wasm.i32Sub],
      [wasm.else, ...narrowConstant(0), wasm.end, wasm.i32Store, 0, 0],
    ),
};

function byteAt(start: number, index: number): number[] {
  return [...get(start), ...get(index), wasm.i32Add, wasm.i32Load8u, 0, 0];
}

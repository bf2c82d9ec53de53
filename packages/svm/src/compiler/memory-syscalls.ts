/** memcpy, memmove, memset and memcmp inside the module: the common case here, everything else by the syscall itself. */
import { loadLimitsOffset, storeLimitsOffset } from "../sbpf/memory-layout.ts";
import { murmur3 } from "../sbpf/murmur3.ts";
import { meterOffset, regionBias, registersOffset } from "./control-page.ts";
import { callImport, defineFunction, get, leb, signedLeb, storeMeter, zero } from "./body-bytes.ts";
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

/** Locals after the parameters: units left, then up to four arguments. */
const meter = 0;
const first = 1;
const second = 2;
const third = 3;
const fourth = 4;

/** Writes those that the module shall have. */
export function emitMemorySyscalls(parts: ModuleParts, syscallIndices: ReadonlyMap<number, number>): void {
  for (const name of memorySyscallNames) {
    const { arity, hash } = hostSyscall[name];
    if (parts.memorySyscallAt(hash) === undefined) continue;
    const [cost, result] = [arity + 1, arity + 2];
    const checks = [
      ...get(third),
      wasm.i64Const,
      1,
      wasm.i64Sub,
      ...c64(0x0fff_ffff),
      wasm.i64GeU,
      wasm.brIf,
      0,
      // max(10, length / 250)
      ...get(third),
      ...c64(250),
      wasm.i64DivU,
      wasm.localTee,
      cost,
      ...c64(10),
      ...get(cost),
      ...c64(10),
      wasm.i64GtU,
      wasm.select,
      wasm.localTee,
      cost,
      ...get(meter),
      wasm.i64GtU,
      wasm.brIf,
      0,
      ...fastPaths[name](third, result),
      ...zero,
      ...get(result),
      wasm.i64Store,
      3,
      ...leb(registersOffset),
      ...get(meter),
      ...get(cost),
      wasm.i64Sub,
      wasm.return,
    ];
    const slow: number[] = storeMeter(meter);
    for (let register = 1; register <= arity; register++) {
      slow.push(...zero, ...get(register), wasm.i64Store, 3, ...leb(registersOffset + 8 * register));
    }
    slow.push(wasm.i32Const, ...signedLeb(syscallIndices.get(hash)!), ...callImport("syscall"));
    slow.push(...zero, wasm.i64Load, 3, ...leb(meterOffset));
    const index = defineFunction(parts, wide(arity + 1), [i64], [wasm.block, empty, ...checks, wasm.end, ...slow]);
    parts.nameHelper(name, index);
  }
}

function c64(value: number): number[] {
  return [wasm.i64Const, ...signedLeb(value)];
}

/** Leaves the block unless `[address, address + length)` lies below the limit of its region. */
function mustBeIn(address: number, length: number, kind: "load" | "store"): number[] {
  return [
    ...regionTimesFour(address),
    wasm.i64Load32u,
    2,
    ...leb(kind === "load" ? loadLimitsOffset : storeLimitsOffset),
    // -1 with bits 32 to 34 cleared.
    ...get(address),
    wasm.i64Const,
    0xff,
    0xff,
    0xff,
    0xff,
    0x8f,
    0x7f,
    wasm.i64And,
    ...get(length),
    wasm.i64Add,
    wasm.i64LtU,
    wasm.brIf,
    0,
  ];
}

function regionTimesFour(address: number): number[] {
  return [...get(address), ...c64(30), wasm.i64ShrU, wasm.i32WrapI64, wasm.i32Const, 28, wasm.i32And];
}

/** The offset in memory of an address that is in its region. */
function offsetOf(address: number): number[] {
  return [
    ...regionTimesFour(address),
    wasm.i32Const,
    22,
    wasm.i32Shl,
    ...get(address),
    wasm.i32WrapI64,
    wasm.i32Add,
    wasm.i32Const,
    ...signedLeb(regionBias),
    wasm.i32Add,
  ];
}

const narrow = (local: number): number[] => [...get(local), wasm.i32WrapI64];

function copy(length: number): number[] {
  return [
    ...mustBeIn(second, length, "load"),
    ...mustBeIn(first, length, "store"),
    ...offsetOf(first),
    ...offsetOf(second),
    ...narrow(length),
    wasm.bulk,
    bulk.memoryCopy,
    0,
    0,
  ];
}

/** The instructions between the checks of length and cost and the end. `result`: a local for r0, 0 unless it is set. */
const fastPaths: Readonly<Record<MemorySyscall, (length: number, result: number) => number[]>> = {
  memcpy: (length) => [
    // Overlapping ranges are an error that the syscall reports: |first - second| < length.
    ...get(first),
    ...get(second),
    wasm.i64Sub,
    ...get(length),
    wasm.i64LtU,
    wasm.brIf,
    0,
    ...get(second),
    ...get(first),
    wasm.i64Sub,
    ...get(length),
    wasm.i64LtU,
    wasm.brIf,
    0,
    ...copy(length),
  ],
  memmove: copy,
  memset: (length) => [
    ...mustBeIn(first, length, "store"),
    ...offsetOf(first),
    ...narrow(second),
    ...narrow(length),
    wasm.bulk,
    bulk.memoryFill,
    0,
  ],
  // The outcome is an i32 in memory: the difference of the first bytes that differ.
  memcmp: (length, result) => [
    ...get(fourth),
    ...c64(3),
    wasm.i64And,
    wasm.i64Eqz,
    wasm.i32Eqz,
    wasm.brIf,
    0,
    ...mustBeIn(first, length, "load"),
    ...mustBeIn(second, length, "load"),
    ...c64(4),
    wasm.localSet,
    result,
    ...mustBeIn(fourth, result, "store"),
    ...c64(0),
    wasm.localSet,
    result,
    wasm.block,
    empty,
    wasm.loop,
    empty,
    ...get(result),
    ...get(length),
    wasm.i64GeU,
    wasm.brIf,
    1,
    ...byteAt(first, result),
    ...byteAt(second, result),
    wasm.i32Ne,
    wasm.brIf,
    1,
    ...get(result),
    ...c64(1),
    wasm.i64Add,
    wasm.localSet,
    result,
    wasm.br,
    0,
    wasm.end,
    wasm.end,
    ...offsetOf(fourth),
    ...get(result),
    ...get(length),
    wasm.i64LtU,
    wasm.if,
    valueType.i32,
    ...byteAt(first, result),
    ...byteAt(second, result),
    wasm.i32Sub,
    wasm.else,
    wasm.i32Const,
    0,
    wasm.end,
    wasm.i32Store,
    0,
    0,
    ...c64(0),
    wasm.localSet,
    result,
  ],
};

function byteAt(address: number, index: number): number[] {
  return [...offsetOf(address), ...narrow(index), wasm.i32Add, wasm.i32Load8u, 0, 0];
}

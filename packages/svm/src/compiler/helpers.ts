/** Functions that every compiled module has: ways out of compiled code, and arithmetic that WebAssembly lacks. */
import { loadLimitsOffset, stackFrameSize, stackLimitOffset, stackRegion, storeLimitsOffset } from "../sbpf/memory-layout.ts";
import {
  callImport,
  defineFunction,
  get,
  importIndex,
  leb,
  narrowConstant,
  sequence,
  storeMeter,
  wideConstant,
  zero,
  type SmallLocals,
} from "./body-bytes.ts";
import { regionBias, regionShift, spillOffset, type ImportName } from "./control-page.ts";
import { stackOffset } from "./function-code.ts";
import { emitMemorySyscalls } from "./memory-syscalls.ts";
import { wide, type ModuleParts } from "./module-parts.ts";
import type { ProgramText } from "./program-text.ts";
import { valueType, wasm } from "./wasm-codes.ts";

const { i32, i64 } = valueType;

export type HelperName =
  | ImportName
  | `load${1 | 2 | 4 | 8}`
  | `store${1 | 2 | 4 | 8}`
  | "locateLoad"
  | "locateStore"
  | "uhmul"
  | "shmul"
  | "memcpy"
  | "memmove"
  | "memset"
  | "memcmp";

/** Most registers that a block can read: r0 to r10. */
const mostRegisters = 11;

/** The function that leaves a block in which units run out, by the number of registers it reads: a name cannot carry it. */
export interface Helpers {
  readonly overrun: readonly number[];
}

/** Writes them. `memorySyscalls`: index of each in the program's table of syscalls. */
export function emitHelpers(parts: ModuleParts, program: ProgramText, syscallIndices: ReadonlyMap<number, number>): Helpers {
  const define = (
    name: HelperName,
    parameters: readonly number[],
    results: readonly number[],
    body: readonly number[],
    locals: SmallLocals = {},
  ): void => parts.nameHelper(name, defineFunction(parts, parameters, results, body, locals));
  parts.nameHelper("syscall", importIndex("syscall"));
  parts.nameHelper("exceeded", importIndex("exceeded"));
  parts.nameHelper("callUnknown", importIndex("callUnknown"));
  define("fault", [i64, i32, i32], [], [...storeMeter(0), ...get(1), ...get(2), ...callImport("fault")]);
  define("enterFrame", [i32, i64], [], [...storeMeter(1), ...get(0), ...callImport("enterFrame")]);
  const overrun: number[] = [];
  for (let count = 0; count <= mostRegisters; count++) {
    const body: number[] = storeMeter(count);
    for (let index = 0; index < count; index++) body.push(...zero, ...get(index), wasm.i64Store, 3, ...leb(spillOffset + 8 * index));
    body.push(...get(count + 1), ...get(count + 2), ...callImport("overrun"));
    overrun.push(defineFunction(parts, [...wide(count + 1), i32, i32], [], body));
  }
  for (const kind of ["load", "store"] as const) {
    for (const length of [1, 2, 4, 8] as const) {
      define(`${kind}${length}`, [i64, i64, i32], [i32], slowAccess(program, length, kind), { narrow: 1 });
    }
    define(kind === "load" ? "locateLoad" : "locateStore", [i64, i64], [i32], locate(program, kind), { narrow: 1 });
  }
  define("uhmul", [i64, i64], [i64], highProduct, { wide: 1 });
  // What a negative factor adds to the unsigned product is taken off again.
  const correction = (left: number, right: number) => [...get(left), ...get(right), ...shiftSign, wasm.i64And, wasm.i64Sub];
  const unsigned = [...get(0), ...get(1), wasm.call, ...leb(parts.indexOf("uhmul"))];
  define("shmul", [i64, i64], [i64], sequence(unsigned, correction(1, 0), correction(0, 1)));
  emitMemorySyscalls(parts, syscallIndices);
  return { overrun };
}

/** Parameters of the functions that look for an address: the address, then what they were given. */
const address = 0;

/**
 * Of an address in a stack frame of V0, whose frames stand apart in the guest: the offset in the stack, in a local. Then
 * comes what to do if `length`, an i64, ends below the stack's limit.
 */
function ifInFrame(offset: number, length: readonly number[], body: readonly number[]): number[] {
  return sequence(
    [...get(address), ...highHalf, ...wideConstant(stackRegion), wasm.i64Eq],
    [...get(address), wasm.i32WrapI64, ...narrowConstant(stackFrameSize), wasm.i32And, wasm.i32Eqz, wasm.i32And],
    [wasm.if, valueType.empty],
    [...get(address), wasm.i32WrapI64, ...narrowConstant(1), wasm.i32ShrU, ...narrowConstant(0x7fff_f000), wasm.i32And],
    [...get(address), wasm.i32WrapI64, ...narrowConstant(stackFrameSize - 1), wasm.i32And, wasm.i32Or, wasm.localTee, offset],
    [wasm.i64ExtendI32U, ...length, wasm.i64Add, ...zero, wasm.i64Load32u, 2, ...leb(stackLimitOffset), wasm.i64LeU],
    [wasm.if, valueType.empty],
    body,
    [wasm.end, wasm.end],
  );
}

/** What an access does that is not below its limit: stack frames of V0 stand apart, everything else is for `GuestMemory`. Less `regionBias`. */
function slowAccess({ version }: ProgramText, length: number, kind: "load" | "store"): number[] {
  const found = [...get(3), ...narrowConstant(stackOffset - regionBias), wasm.i32Add, wasm.return];
  return sequence(
    version === 0 ? ifInFrame(3, wideConstant(length), found) : [],
    storeMeter(1),
    [...get(address), wasm.i32WrapI64, ...get(address), ...highHalf, wasm.i32WrapI64],
    [...narrowConstant(kind === "store" ? -length : length), ...get(2), ...callImport("translate")],
    [...narrowConstant(regionBias), wasm.i32Sub],
  );
}

/** The offset of a range that is accessible without further question, else 0. Parameters: the address, the length (i64, below 2^32). */
function locate({ version }: ProgramText, kind: "load" | "store"): number[] {
  const regionTimesFour = [...get(address), ...wideConstant(30), wasm.i64ShrU, wasm.i32WrapI64, ...narrowConstant(28), wasm.i32And];
  // -1 with bits 32 to 34 cleared.
  const withoutRegion = [wasm.i64Const, 0xff, 0xff, 0xff, 0xff, 0x8f, 0x7f, wasm.i64And];
  return sequence(
    [...regionTimesFour, wasm.localTee, 2, wasm.i64Load32u, 2, ...leb(kind === "load" ? loadLimitsOffset : storeLimitsOffset)],
    [...get(address), ...withoutRegion, ...get(1), wasm.i64Add, wasm.i64GeU, wasm.if, valueType.empty],
    [...get(2), ...narrowConstant(regionShift - 2), wasm.i32Shl, ...get(address), wasm.i32WrapI64, wasm.i32Add],
    [...narrowConstant(regionBias), wasm.i32Add, wasm.return, wasm.end],
    version === 0 ? ifInFrame(2, get(1), [...get(2), ...narrowConstant(stackOffset), wasm.i32Add, wasm.return]) : [],
    narrowConstant(0),
  );
}

const shiftSign = [wasm.i64Const, 63, wasm.i64ShrS];
const lowHalf = [wasm.i64Const, 0xff, 0xff, 0xff, 0xff, 0x0f, wasm.i64And];
const highHalf = [wasm.i64Const, 32, wasm.i64ShrU];

/** The upper half of a product of u64, by schoolbook on halves (Hacker's Delight 8-2). Locals: 2 the middle, 3 its low half. */
const highProduct: readonly number[] = sequence(
  [...get(0), ...highHalf, ...get(1), ...lowHalf, wasm.i64Mul],
  [...get(0), ...lowHalf, ...get(1), ...lowHalf, wasm.i64Mul, ...highHalf, wasm.i64Add, wasm.localSet, 2],
  [...get(0), ...lowHalf, ...get(1), ...highHalf, wasm.i64Mul, ...get(2), ...lowHalf, wasm.i64Add, ...highHalf],
  [...get(0), ...highHalf, ...get(1), ...highHalf, wasm.i64Mul, wasm.i64Add],
  [...get(2), ...highHalf, wasm.i64Add],
);

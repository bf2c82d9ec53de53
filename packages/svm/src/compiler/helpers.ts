/** Functions that every compiled module has: ways out of compiled code, and arithmetic that WebAssembly lacks. */
import { stackLimitOffset, stackRegion, stridedLayout } from "../sbpf/memory-layout.ts";
import { callImport, defineFunction, get, importIndex, leb, signedLeb, storeMeter, zero } from "./body-bytes.ts";
import { regionBias, spillOffset, type ImportName } from "./control-page.ts";
import { emitMemorySyscalls } from "./memory-syscalls.ts";
import { wide, type ModuleParts } from "./module-parts.ts";
import type { ProgramText } from "./program-text.ts";
import { valueType, wasm } from "./wasm-codes.ts";

const { i32, i64 } = valueType;

export type HelperName =
  | ImportName
  | `load${1 | 2 | 4 | 8}`
  | `store${1 | 2 | 4 | 8}`
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
  const define = (name: HelperName, parameters: readonly number[], results: readonly number[], body: readonly number[]): void =>
    parts.nameHelper(name, defineFunction(parts, parameters, results, body));
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
  for (const length of [1, 2, 4, 8] as const) {
    for (const kind of ["load", "store"] as const) define(`${kind}${length}`, [i64, i64, i32], [i32], slowAccess(program, length, kind));
  }
  define("uhmul", [i64, i64], [i64], highProduct);
  const unsigned = parts.indexOf("uhmul");
  define(
    "shmul",
    [i64, i64],
    [i64],
    [
      ...get(0),
      ...get(1),
      wasm.call,
      ...leb(unsigned),
      ...get(1),
      ...get(0),
      ...shiftSign,
      wasm.i64And,
      wasm.i64Sub,
      ...get(0),
      ...get(1),
      ...shiftSign,
      wasm.i64And,
      wasm.i64Sub,
    ],
  );
  emitMemorySyscalls(parts, syscallIndices);
  return { overrun };
}

/** What an access does that is not below its limit: stack frames of V0 stand apart, everything else is for `GuestMemory`. */
function slowAccess(program: ProgramText, length: number, kind: "load" | "store"): number[] {
  const inFrame =
    program.version === 0
      ? [
          ...get(0),
          wasm.i64Const,
          32,
          wasm.i64ShrU,
          wasm.i64Const,
          stackRegion,
          wasm.i64Eq,
          ...get(0),
          wasm.i32WrapI64,
          wasm.i32Const,
          ...leb(0x1000),
          wasm.i32And,
          wasm.i32Eqz,
          wasm.i32And,
          wasm.if,
          valueType.empty,
          ...get(0),
          wasm.i32WrapI64,
          wasm.i32Const,
          1,
          wasm.i32ShrU,
          wasm.i32Const,
          ...signedLeb(0x7ffff000),
          wasm.i32And,
          ...get(0),
          wasm.i32WrapI64,
          wasm.i32Const,
          ...signedLeb(0xfff),
          wasm.i32And,
          wasm.i32Or,
          wasm.localTee,
          2 + 1,
          wasm.i32Const,
          length,
          wasm.i32Add,
          ...zero,
          wasm.i32Load,
          2,
          ...leb(stackLimitOffset),
          wasm.i32LeU,
          wasm.if,
          valueType.empty,
          ...get(3),
          wasm.i32Const,
          ...signedLeb(stridedLayout.offsets[stackRegion] - regionBias),
          wasm.i32Add,
          wasm.return,
          wasm.end,
          wasm.end,
        ]
      : [];
  return [
    ...inFrame,
    ...storeMeter(1),
    ...get(0),
    wasm.i32WrapI64,
    ...get(0),
    wasm.i64Const,
    32,
    wasm.i64ShrU,
    wasm.i32WrapI64,
    wasm.i32Const,
    ...signedLeb(kind === "store" ? -length : length),
    ...get(2),
    ...callImport("translate"),
    wasm.i32Const,
    ...signedLeb(regionBias),
    wasm.i32Sub,
  ];
}

const shiftSign = [wasm.i64Const, 63, wasm.i64ShrS];
const lowHalf = [wasm.i64Const, 0xff, 0xff, 0xff, 0xff, 0x0f, wasm.i64And];
const highHalf = [wasm.i64Const, 32, wasm.i64ShrU];

/** The upper half of a product of u64, by schoolbook on halves (Hacker's Delight 8-2). Locals: 2 the middle, 3 its low half. */
const highProduct: readonly number[] = [
  ...get(0),
  ...highHalf,
  ...get(1),
  ...lowHalf,
  wasm.i64Mul,
  ...get(0),
  ...lowHalf,
  ...get(1),
  ...lowHalf,
  wasm.i64Mul,
  ...highHalf,
  wasm.i64Add,
  wasm.localSet,
  2,
  ...get(0),
  ...lowHalf,
  ...get(1),
  ...highHalf,
  wasm.i64Mul,
  ...get(2),
  ...lowHalf,
  wasm.i64Add,
  ...highHalf,
  ...get(0),
  ...highHalf,
  ...get(1),
  ...highHalf,
  wasm.i64Mul,
  wasm.i64Add,
  ...get(2),
  ...highHalf,
  wasm.i64Add,
];

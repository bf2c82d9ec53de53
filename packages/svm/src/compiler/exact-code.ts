/**
 * Code that can be entered at every slot and counts every instruction by itself: for units that run out amid a block, and
 * for calls of addresses that no compiled program would take. A function per piece of text, one `br_table` over its slots.
 */
import { beginFunction, parameterTypes, resultTypes } from "./begin-function.ts";
import { emitCondition } from "./emit-arithmetic.ts";
import { emitInstruction } from "./emit-block.ts";
import { emitExit, pushArguments, takeResults, type CallPlan } from "./emit-call.ts";
import { emitPrologue } from "./emit-prologue.ts";
import { entrySlotOffset } from "./control-page.ts";
import {
  call,
  constant32,
  constant64,
  fault,
  framePointer,
  getLocal,
  meterLocal,
  notFrame,
  setLocal,
  teeLocal,
  type FunctionCode,
} from "./function-code.ts";
import { emitHelpers } from "./helpers.ts";
import { loadState, storeMeter, storeRegister } from "./machine-state.ts";
import type { MemorySyscall } from "./memory-syscalls.ts";
import { createModuleParts, type ModuleParts } from "./module-parts.ts";
import { operation, operationMask } from "./operations.ts";
import type { ProgramText } from "./program-text.ts";
import { valueType, wasm } from "./wasm-codes.ts";

const allRegisters = 0x3ff;
const scratchRegisters = 0x3f;

/** Slots of a piece, as a power of two: below what a `br_table` and a function may hold. */
const pieceShift = 10;
const pieceLength = 1 << pieceShift;

/**
 * Compiles the whole text, or only `[start, stop)` if nothing leaves it: its jumps and calls are then out of reach. The
 * export `run` takes the slot to begin at and the state from memory.
 */
export function compileExactly(
  program: ProgramText,
  syscallIndices: ReadonlyMap<number, number>,
  memorySyscalls: ReadonlyMap<number, MemorySyscall>,
  range?: { readonly start: number; readonly stop: number },
): Uint8Array {
  const { start, stop } = range ?? { start: 0, stop: program.length };
  const parts = createModuleParts(4096 + 64 * (stop - start), memorySyscalls);
  emitHelpers(parts, program, syscallIndices);
  const type = parts.typeIndex([...parameterTypes(program, allRegisters), valueType.i32], resultTypes(scratchRegisters));
  const firstFunction = parts.nextFunction;
  const calls: CallPlan = {
    parametersOf: () => allRegisters,
    resultsOf: () => scratchRegisters,
    emitCall: (code, pc) => {
      constant32(code, pc & (pieceLength - 1));
      call(code, firstFunction + (pc >> pieceShift));
    },
    registerCallResults: scratchRegisters,
    emitRegisterCall: (code) => emitCallAt(code, type, 0),
  };
  const transfer = (code: FunctionCode, pc: number): void => {
    pushArguments(code, allRegisters, false);
    constant32(code, (pc - start) & (pieceLength - 1));
    code.out.byte(wasm.returnCall);
    code.out.unsigned(firstFunction + ((pc - start) >> pieceShift));
  };
  const ways: Ways = { calls: range === undefined ? calls : undefined, transfer, end: stop };
  const table: number[] = [];
  for (let from = start; from < stop; from += pieceLength) {
    table.push(parts.nextFunction);
    const code = beginFunction(parts, program, { parameters: allRegisters, results: scratchRegisters }, 1);
    emitPiece(code, from, Math.min(from + pieceLength, stop), ways);
    end(parts);
  }
  const run = emitEntry(parts, program, type, start);
  return parts.finish(run, table);
}

/** How control leaves a piece. */
interface Ways {
  /** Nothing where only whole instructions follow one another, up to `end`. */
  readonly calls: CallPlan | undefined;
  readonly transfer: (code: FunctionCode, pc: number) => void;
  readonly end: number;
}

function emitPiece(code: FunctionCode, start: number, stop: number, { calls, transfer, end: last }: Ways): void {
  const { out, program } = code;
  const count = stop - start;
  const entry = (program.movesFrame ? 3 : 2) + framePointer;
  emitPrologue(code, true);
  out.byte(wasm.loop);
  out.byte(valueType.empty);
  for (let index = 0; index < count; index++) {
    out.byte(wasm.block);
    out.byte(valueType.empty);
  }
  getLocal(code, entry);
  out.byte(wasm.brTable);
  out.unsigned(count - 1);
  for (let index = 0; index < count; index++) out.unsigned(index);

  for (let pc = start; pc < stop; pc++) {
    out.byte(wasm.end);
    const goTo = (target: number, nested: number): void => {
      if (target >= start && target < stop) {
        constant32(code, target - start);
        setLocal(code, entry);
        out.byte(wasm.br);
        out.unsigned(stop - 1 - pc + nested);
      } else if (calls === undefined && target >= last) out.byte(wasm.unreachable);
      else if (target >= program.length) emitOverrun(code);
      else transfer(code, target);
    };
    code.fromFrame.fill(notFrame);
    emitUnit(code);
    const kind = program.entries[pc]! & operationMask;
    const target = pc + 1 + program.offset[pc]!;
    if (kind === operation.invalid) fault(code, "UnsupportedInstruction", pc);
    else if (kind >= operation.jump && calls === undefined) out.byte(wasm.unreachable);
    else if (kind === operation.exit) emitExit(code, scratchRegisters, true);
    else if (kind === operation.jump) goTo(target, 0);
    else {
      if (kind > operation.jump && kind < operation.call) {
        emitCondition(code, pc);
        out.byte(wasm.if);
        out.byte(valueType.empty);
        goTo(target, 1);
        out.byte(wasm.end);
      } else if (calls !== undefined || kind < operation.jump) emitInstruction(code, calls, pc);
      if (kind === operation.wide) goTo(pc + 2, 0);
      else if (pc + 1 === stop) goTo(stop, 0);
    }
  }
  out.byte(wasm.end);
  out.byte(wasm.unreachable);
}

/** Every instruction pays for itself. */
function emitUnit(code: FunctionCode): void {
  const { out } = code;
  getLocal(code, meterLocal);
  constant64(code, 1);
  out.byte(wasm.i64Sub);
  teeLocal(code, meterLocal);
  constant64(code, 0);
  out.byte(wasm.i64LtS);
  out.byte(wasm.if);
  out.byte(valueType.empty);
  call(code, code.parts.indexOf("exceeded"));
  out.byte(wasm.unreachable);
  out.byte(wasm.end);
}

function emitOverrun(code: FunctionCode): void {
  emitUnit(code);
  fault(code, "ExecutionOverrun", code.program.length);
}

/** Calls the piece that holds the slot on the stack, less `start`, above the other arguments. */
function emitCallAt(code: FunctionCode, type: number, start: number): void {
  const { out, scratchIndex } = code;
  constant32(code, start);
  out.byte(wasm.i32Sub);
  teeLocal(code, scratchIndex);
  constant32(code, pieceLength - 1);
  out.byte(wasm.i32And);
  getLocal(code, scratchIndex);
  constant32(code, pieceShift);
  out.byte(wasm.i32ShrU);
  out.byte(wasm.callIndirect);
  out.unsigned(type);
  out.byte(0);
}

function emitEntry(parts: ModuleParts, program: ProgramText, type: number, start: number): number {
  const run = parts.beginFunction(parts.typeIndex([], []));
  const { code: out } = parts;
  const locals = new Uint8Array(framePointer + 1).map((_, register) => 2 + register);
  for (const byte of [3, 1, valueType.i32, 1 + locals.length, valueType.i64, 1, valueType.i32]) out.byte(byte);
  const scratchIndex = 2 + locals.length;
  const code: FunctionCode = {
    out,
    program,
    parts,
    locals,
    scratch: 0,
    scratchIndex,
    label: 0,
    isHot: false,
    fromFrame: new Int32Array(framePointer + 1),
  };
  loadState(code);
  pushArguments(code, allRegisters, false);
  constant32(code, 0);
  out.byte(wasm.i32Load);
  out.byte(2);
  out.unsigned(entrySlotOffset);
  emitCallAt(code, type, start);
  takeResults(code, scratchRegisters);
  storeMeter(code);
  for (let register = 0; register < 6; register++) storeRegister(code, register);
  end(parts);
  return run;
}

function end(parts: ModuleParts): void {
  parts.code.byte(wasm.end);
  parts.endFunction();
}

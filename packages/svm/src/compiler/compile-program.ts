/** A program as one WebAssembly module: a function per function, an entry that takes registers from memory and puts them there. */
import type { Executable } from "../sbpf/executable.ts";
import { beginFunction, parameterTypes, resultTypes } from "./begin-function.ts";
import { emitTableIndex, takeResults, type CallPlan } from "./emit-call.ts";
import { emitFunction, type ProgramPlan } from "./emit-function.ts";
import {
  call,
  constant32,
  frameLocal,
  framePointer,
  getLocal,
  getRegister,
  meterLocal,
  setLocal,
  stackOffset,
  type FunctionCode,
} from "./function-code.ts";
import { emitHelpers } from "./helpers.ts";
import { loadMeter, loadRegister, loadState, storeMeter, storeRegister, storeState } from "./machine-state.ts";
import type { MemorySyscall } from "./memory-syscalls.ts";
import { createModuleParts, type ModuleParts } from "./module-parts.ts";
import type { ProgramText } from "./program-text.ts";
import { findRegions } from "./regions.ts";
import { findSignatures } from "./signatures.ts";
import { checkCode, checkRegions } from "./translation-limits.ts";
import { valueType, wasm } from "./wasm-codes.ts";

const allRegisters = 0x3ff;

/** A module and what its instances need to know. */
export interface CompiledCode {
  readonly bytes: Uint8Array;
  /** Slots that `callx` finds in the table, by index less 1. */
  readonly tableSlots: readonly number[];
  /** 1 where a block begins. */
  readonly isBlockStart: Uint8Array;
}

/** Compiles all functions of a program. @throws TranslationLimitError */
export function compileProgram(
  program: ProgramText,
  executable: Executable,
  syscallIndices: ReadonlyMap<number, number>,
  memorySyscalls: ReadonlyMap<number, MemorySyscall>,
): CompiledCode {
  const regions = findRegions(program, executable);
  checkRegions(program, regions);
  const signatures = findSignatures(program, regions);
  const parts = createModuleParts(Math.max(16_384, 40 * program.length), memorySyscalls);
  const helpers = emitHelpers(parts, program, syscallIndices);
  const firstFunction = parts.nextFunction;
  const indexAt = (pc: number): number => regions.functionAt[pc]!;
  const unknownResults = signatures.registerCallResults;
  const registerCallType = parts.typeIndex([...parameterTypes(program, allRegisters), valueType.i32], resultTypes(unknownResults));
  const calls: CallPlan = {
    parametersOf: (pc) => signatures.parameters[indexAt(pc)]!,
    resultsOf: (pc) => signatures.results[indexAt(pc)]!,
    emitCall: (code, pc) => call(code, firstFunction + indexAt(pc)),
    registerCallResults: unknownResults,
    emitRegisterCall: (code) => {
      // The slot goes along: the function that stands for all unknown targets needs it.
      setLocal(code, code.scratchIndex);
      getLocal(code, code.scratchIndex);
      getLocal(code, code.scratchIndex);
      emitTableIndex(code);
      code.out.byte(wasm.callIndirect);
      code.out.unsigned(registerCallType);
      code.out.byte(0);
    },
  };
  const plan: ProgramPlan = {
    regions,
    signatures,
    helpers,
    calls,
    emitTransfer: ({ out }, f) => {
      out.byte(wasm.returnCall);
      out.unsigned(firstFunction + f);
    },
  };
  for (let f = 0; f < regions.functionCount; f++) {
    const code = beginFunction(parts, program, { parameters: signatures.parameters[f]!, results: signatures.results[f]! });
    emitFunction(code, plan, f);
    end(parts);
    checkCode(program, parts.code.length);
  }
  const table: number[] = [];
  if (program.hasRegisterCalls) {
    table.push(emitUnknownTarget(parts, program, unknownResults));
    for (const f of regions.addressTaken) {
      table.push(emitThunk(parts, program, unknownResults, firstFunction + f, signatures.parameters[f]!, signatures.results[f]!));
    }
  }
  const entry = indexAt(program.entryPc);
  const run = emitEntry(parts, program, firstFunction + entry, signatures.parameters[entry]!, signatures.results[entry]!);
  const isBlockStart = new Uint8Array(program.length + 1);
  for (const start of regions.blockStart) isBlockStart[start] = 1;
  return { bytes: parts.finish(run, table), tableSlots: regions.addressTaken.map((f) => regions.starts[f]!), isBlockStart };
}

function end(parts: ModuleParts): void {
  parts.code.byte(wasm.end);
  parts.endFunction();
}

/** All registers in, what calls through registers give out: around a function with a signature of its own. */
function emitThunk(parts: ModuleParts, program: ProgramText, results: number, index: number, takes: number, gives: number): number {
  const own = parts.nextFunction;
  const code = beginFunction(parts, program, { parameters: allRegisters, results }, 1);
  pushArgumentsOf(code, takes);
  call(code, index);
  takeResults(code, gives);
  pushResults(code, results);
  end(parts);
  return own;
}

/** What stands for every target that is in no table: JavaScript runs it in code that can be entered anywhere. */
function emitUnknownTarget(parts: ModuleParts, program: ProgramText, results: number): number {
  const own = parts.nextFunction;
  const code = beginFunction(parts, program, { parameters: allRegisters, results }, 1);
  storeState(code);
  getLocal(code, (program.movesFrame ? 3 : 2) + framePointer);
  call(code, parts.indexOf("callUnknown"));
  loadMeter(code);
  for (let register = 0; register < 6; register++) loadRegister(code, register);
  pushResults(code, results);
  end(parts);
  return own;
}

/** Takes all registers from memory, runs the program, and puts them back. */
function emitEntry(parts: ModuleParts, program: ProgramText, index: number, takes: number, gives: number): number {
  const own = parts.beginFunction(parts.typeIndex([], []));
  const { code: out } = parts;
  const locals = new Uint8Array(framePointer + 1).map((_, register) => 2 + register);
  for (const byte of [2, 1, valueType.i32, 1 + locals.length, valueType.i64]) out.byte(byte);
  const code: FunctionCode = {
    out,
    program,
    parts,
    locals,
    scratch: 0,
    scratchIndex: 0,
    label: 0,
    isHot: false,
    fromFrame: new Int32Array(framePointer + 1),
  };
  loadState(code);
  constant32(code, stackOffset);
  setLocal(code, frameLocal);
  pushArgumentsOf(code, takes);
  call(code, index);
  takeResults(code, gives);
  storeMeter(code);
  // r6 to r10 stand in memory already: the exit put them there.
  for (let register = 0; register < 6; register++) storeRegister(code, register);
  end(parts);
  return own;
}

function pushArgumentsOf(code: FunctionCode, registers: number): void {
  getLocal(code, frameLocal);
  getLocal(code, meterLocal);
  if (code.program.movesFrame) getRegister(code, framePointer);
  for (let register = 0; register < framePointer; register++) if ((registers & (1 << register)) !== 0) getRegister(code, register);
}

function pushResults(code: FunctionCode, registers: number): void {
  getLocal(code, meterLocal);
  for (let register = 0; register < 6; register++) if ((registers & (1 << register)) !== 0) getRegister(code, register);
}

/** Registers and units between locals and the control page. */
import { frameOffset, meterOffset, registersOffset } from "./control-page.ts";
import { constant32, frameLocal, framePointer, getLocal, getRegister, meterLocal, setLocal, type FunctionCode } from "./function-code.ts";
import { wasm } from "./wasm-codes.ts";

/** Puts frame, units and all registers into memory. */
export function storeState(code: FunctionCode): void {
  constant32(code, 0);
  getLocal(code, frameLocal);
  code.out.byte(wasm.i32Store);
  code.out.byte(2);
  code.out.unsigned(frameOffset);
  storeMeter(code);
  for (let register = 0; register <= lastRegister(code); register++) storeRegister(code, register);
}

/** Takes frame, units and all registers from memory. */
export function loadState(code: FunctionCode): void {
  constant32(code, 0);
  code.out.byte(wasm.i32Load);
  code.out.byte(2);
  code.out.unsigned(frameOffset);
  setLocal(code, frameLocal);
  loadMeter(code);
  for (let register = 0; register <= lastRegister(code); register++) loadRegister(code, register);
}

export function storeMeter(code: FunctionCode): void {
  constant32(code, 0);
  getLocal(code, meterLocal);
  store(code, meterOffset);
}

export function loadMeter(code: FunctionCode): void {
  load(code, meterOffset);
  setLocal(code, meterLocal);
}

export function storeRegister(code: FunctionCode, register: number): void {
  constant32(code, 0);
  getRegister(code, register);
  store(code, registersOffset + 8 * register);
}

export function loadRegister(code: FunctionCode, register: number): void {
  load(code, registersOffset + 8 * register);
  setLocal(code, code.locals[register]!);
}

function lastRegister({ program }: FunctionCode): number {
  return program.movesFrame ? framePointer : framePointer - 1;
}

function store({ out }: FunctionCode, offset: number): void {
  out.byte(wasm.i64Store);
  out.byte(3);
  out.unsigned(offset);
}

function load(code: FunctionCode, offset: number): void {
  constant32(code, 0);
  code.out.byte(wasm.i64Load);
  code.out.byte(3);
  code.out.unsigned(offset);
}

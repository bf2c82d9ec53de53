/** The modules `console` and `debug` of a development chain: lines for people, at no price. */
import { viewGuest } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import type { ProgramFrame } from "./program-frame.ts";

/** Characters that the programs of one transaction print, each line counting for some more: printing is free, and may be in an endless loop. */
const mostPrinted = 2 ** 20;
const lineCharacters = 64;
const leftOut = `console: what the transaction prints beyond ${mostPrinted} characters is left out`;

/** Functions of the module `console`. `tee_` answers what it was given. */
export const consoleModule = {
  log_txt(frame: ProgramFrame, pointer: number, length: number): void {
    const bytes = viewGuest(frame, pointer, length);
    if (mayPrint(frame)) print(frame, new TextDecoder().decode(bytes.slice(0, mostPrinted)));
  },
  log_i32: (frame: ProgramFrame, value: number): void => print(frame, value),
  log_i64: (frame: ProgramFrame, value: bigint): void => print(frame, value),
  log_f32: (frame: ProgramFrame, value: number): void => print(frame, value),
  log_f64: (frame: ProgramFrame, value: number): void => print(frame, value),
  tee_i32: (frame: ProgramFrame, value: number): number => tee(frame, value),
  tee_i64: (frame: ProgramFrame, value: bigint): bigint => tee(frame, value),
  tee_f32: (frame: ProgramFrame, value: number): number => tee(frame, value),
  tee_f64: (frame: ProgramFrame, value: number): number => tee(frame, value),
} satisfies HostioFamily;

/** Functions of the module `debug`: they do nothing. */
export const debugModule = {
  null_host: (_frame: ProgramFrame): void => {},
  start_benchmark: (_frame: ProgramFrame): void => {},
  end_benchmark: (_frame: ProgramFrame): void => {},
} satisfies HostioFamily;

function mayPrint({ programs }: ProgramFrame): boolean {
  return programs.printed < mostPrinted;
}

function print(frame: ProgramFrame, value: string | number | bigint): void {
  if (!mayPrint(frame)) return;
  const { host, message, programs } = frame;
  const line = String(value);
  programs.printed += line.length + lineCharacters;
  host.emitProgramLog(message.recipient, line);
  if (!mayPrint(frame)) host.emitProgramLog(message.recipient, leftOut);
}

function tee<T extends number | bigint>(frame: ProgramFrame, value: T): T {
  print(frame, value);
  return value;
}

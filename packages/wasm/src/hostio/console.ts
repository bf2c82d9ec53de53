/** The modules `console` and `debug` of a development chain: lines for people, at no price. */
import { readGuest } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import type { ProgramFrame } from "./program-frame.ts";

/** Functions of the module `console`. `tee_` answers what it was given. */
export const consoleModule = {
  log_txt(frame: ProgramFrame, pointer: number, length: number): void {
    print(frame, new TextDecoder().decode(readGuest(frame, pointer, length)));
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

function print({ host, message }: ProgramFrame, value: string | number | bigint): void {
  host.emitProgramLog(message.recipient, String(value));
}

function tee<T extends number | bigint>(frame: ProgramFrame, value: T): T {
  print(frame, value);
  return value;
}

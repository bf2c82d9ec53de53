/** A host function: a program calls it by its import, with numbers, and with bigints for i64. */
import type { ProgramFrame } from "./program-frame.ts";

/** Gets the frame of the program that called, then what the program passed. Ends the program by a signal. */
export type Hostio = (frame: ProgramFrame, ...given: never[]) => number | bigint | void;

/** Host functions that belong together, by the names under which programs import them. */
export type HostioFamily = Readonly<Record<string, Hostio>>;

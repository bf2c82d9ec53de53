/** What is wrong with a module: a value, because a bad module is an outcome of an activation and no fault of the host. */
import { TriremeError } from "@trireme/core";

/**
 * Stable codes. The first eight are about the encoding, the others about what was encoded; `notSupported`, `limitExceeded`
 * and `stylusRule` are for modules that are WebAssembly but not Stylus, `worldMismatch` for components of another world.
 */
export type WasmFaultCode =
  | "unexpectedEnd"
  | "badHeader"
  | "badInteger"
  | "badName"
  | "badSection"
  | "badForm"
  | "unknownOpcode"
  | "badControl"
  | "typeMismatch"
  | "unknownIndex"
  | "badAlignment"
  | "badLimits"
  | "badConstant"
  | "immutableGlobal"
  | "duplicateExport"
  | "notSupported"
  | "limitExceeded"
  | "stylusRule"
  | "worldMismatch";

/** Why a module is refused. */
export interface WasmFault {
  readonly code: WasmFaultCode;
  /** What was expected and what came. */
  readonly message: string;
  /** The byte where it was noticed; undefined for a rule about the module as a whole. */
  readonly offset: number | undefined;
}

/** The fault on its way up inside this package; what the package answers is the value in it. */
export class WasmFaultError extends TriremeError {
  readonly fault: WasmFault;
  /** The instruction in the module's stream, where a rule about one is broken. */
  readonly instruction: number | undefined;

  constructor(code: WasmFaultCode, message: string, offset?: number, instruction?: number) {
    super("INVALID_ENCODING", message);
    this.fault = { code, message, offset };
    this.instruction = instruction;
  }
}

/** A name from a module as a message can show it: quoted, and not longer than a line. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}

/** The engine's messages as halt reasons. */
import type { HaltReason, HaltResult } from "@trireme/core";

/** Messages of ours, thrown through the engine. */
export const frameEnds = {
  stop: "stop",
  revert: "revert",
  outOfGas: "out of gas",
  invalidOpcode: "invalid opcode",
  stackUnderflow: "stack underflow",
  stackOverflow: "stack overflow",
  writeProtection: "static state change",
  memoryLimit: "memory limit",
  returnDataOutOfBounds: "return data out of bounds",
} as const;

const REASONS: ReadonlyMap<string, HaltReason> = new Map<string, HaltReason>([
  [frameEnds.outOfGas, "outOfGas"],
  ["code store out of gas", "outOfGas"],
  [frameEnds.stackUnderflow, "stackUnderflow"],
  [frameEnds.stackOverflow, "stackOverflow"],
  [frameEnds.invalidOpcode, "invalidOpcode"],
  [frameEnds.writeProtection, "writeProtection"],
  ["initcode exceeds max initcode size", "initCodeSizeLimit"],
  [frameEnds.memoryLimit, "memoryLimit"],
  [frameEnds.returnDataOutOfBounds, "returnDataOutOfBounds"],
]);

/** The outcome of a frame that the engine ended with this message, `revert` and `stop` excepted. */
export function haltOf(message: string): HaltResult {
  // An invalid jump says where it was made.
  const reason = message.startsWith("invalid JUMP") ? "invalidJump" : REASONS.get(message);
  return { kind: "halt", reason: reason ?? `evm:${message.replaceAll(" ", "-")}`, detail: message };
}

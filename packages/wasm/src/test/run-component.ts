/** Components linked, deployed and called, as tests want them. */
import { type CallMessage, type ExecutionResult } from "@trireme/core";
import { linkComponent } from "../component/link-component.ts";
import { componentWat, type ComponentParts } from "./component-wat.ts";
import { createStylusMachine, type StylusMachine } from "./stylus-machine.ts";
import { bytesFromWat } from "./wat.ts";

/** The program of a core module. @throws Error with the fault where there is none */
export function linkedProgram(wat: string): Uint8Array {
  const result = linkComponent(bytesFromWat(wat));
  if (result.kind === "invalid") throw new Error(`${result.fault.code}: ${result.fault.message}`);
  return result.bytes;
}

/** Deploys a component whose `call` has this body, and calls it. */
export function runComponent(
  body: string,
  message: Partial<CallMessage> = {},
  parts: ComponentParts = {},
  machine: StylusMachine = createStylusMachine(),
): ExecutionResult {
  return machine.call(machine.deploy(linkedProgram(componentWat(body, parts))), message);
}

/** What a caller sees of a result beside its gas. */
export function answerOf(result: ExecutionResult): unknown {
  return result.kind === "halt" ? result : [result.kind, result.output];
}

/** A u32 in WebAssembly's order. */
export function u32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}

/** A data segment. */
export function dataAt(offset: number, content: Uint8Array): string {
  return `(data (i32.const ${offset}) "${Array.from(content, (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}")`;
}

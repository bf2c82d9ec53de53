/** Bytes to a module that keeps all rules. */
import { decodeModule, instructionOffset, type DecodedModule } from "./decode/decode-module.ts";
import { validateModule } from "./validate/validate-module.ts";
import type { WasmRules } from "./wasm-rules.ts";

/** Decodes and validates a module. Never throws for any bytes; takes time linear to them. */
export function parseModule(bytes: Uint8Array, rules: WasmRules): DecodedModule {
  const decoded = decodeModule(bytes, rules);
  if (decoded.kind === "invalid") return decoded;
  const validation = validateModule(decoded.module, rules);
  if (validation.kind === "valid") return decoded;
  const { fault, instruction } = validation;
  const offset = instruction === undefined ? undefined : instructionOffset(bytes, rules, instruction);
  return { kind: "invalid", fault: { ...fault, offset } };
}

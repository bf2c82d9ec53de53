/** A module of any size, made of a real one. */
import { copyInstructions, createInstructionBuffer, streamFromBuffer } from "../binary/instruction-buffer.ts";
import type { FunctionBody, WasmModule } from "../binary/wasm-module.ts";

/** The module with each of its functions `times` over; the copies call the originals. */
export function repeatFunctions(module: WasmModule, times: number): WasmModule {
  const { code } = module;
  const buffer = createInstructionBuffer(code.opcodes.length * times);
  const targets = new Uint32Array(code.targets.length);
  targets.set(code.targets);
  const bodies: FunctionBody[] = [];
  for (let i = 0; i < times; i++) {
    for (const body of module.bodies) {
      const start = buffer.length;
      copyInstructions(buffer, code, body.start, body.end);
      bodies.push({ ...body, start, end: buffer.length });
    }
  }
  const functions = new Uint32Array(bodies.length).map((_, i) => module.functions[i % module.functions.length] ?? 0);
  return { ...module, functions, bodies, code: streamFromBuffer(buffer, targets) };
}

export { encodeModule } from "./binary/encode/encode-module.ts";
export { decodeModule, type DecodedModule, type EncodedSizes } from "./binary/decode/decode-module.ts";
export {
  copyInstructions,
  createInstructionBuffer,
  pushInstruction,
  streamFromBuffer,
  type InstructionBuffer,
} from "./binary/instruction-buffer.ts";
export {
  emptyBlock,
  immediate,
  opcode,
  opcodeInfo,
  opcodeSpace,
  opcodeTable,
  valueType,
  type ImmediateKind,
  type Mnemonic,
  type OpcodeInfo,
  type ValueTypeName,
} from "./binary/opcodes.ts";
export { parseModule } from "./binary/parse-module.ts";
export { validateModule, type Validation } from "./binary/validate/validate-module.ts";
export type { WasmFault, WasmFaultCode } from "./binary/wasm-fault.ts";
export type {
  CustomSection,
  DataSegment,
  ElementSegment,
  Export,
  ExportKind,
  FunctionBody,
  FunctionImport,
  FunctionType,
  Global,
  InstructionStream,
  Limits,
  WasmModule,
} from "./binary/wasm-module.ts";
export { stylusLimits, wasmRules, type ArbosVersion, type WasmLimits, type WasmRules } from "./binary/wasm-rules.ts";

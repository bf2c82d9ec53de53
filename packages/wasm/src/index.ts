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
export { activate } from "./activation/activate.ts";
export type { ActivatedProgram, ActivationOptions, ActivationResult } from "./activation/activation-result.ts";
export { componentKind, programBytes, type ComponentKind, type ProgramBytes } from "./activation/component-code.ts";
export { decodeProgramRecord, encodeProgramRecord, type ProgramRecord } from "./activation/program-record.ts";
export { hostExport, type InstrumentedExports } from "./instrument/host-exports.ts";
export { instrument } from "./instrument/instrument.ts";
export type { InstrumentedModule, InstrumentOptions, InstrumentResult } from "./instrument/instrument-result.ts";
export { stylusOpcodePrices, type OpcodePrices } from "./pricing/opcode-prices.ts";
export { createStylusParameters, defaultStylusParameters, type StylusParameters } from "./pricing/stylus-parameters.ts";
export { createWasm, type WasmOptions } from "./environment.ts";
export { arbWasmAddress, arbWasmCacheAddress } from "./precompiles/system-addresses.ts";
export { wasm } from "./wasm.ts";
export { contractWorld, type ContractWorld } from "./component/contract-world.ts";
export { linkComponent, type LinkedComponent } from "./component/link-component.ts";

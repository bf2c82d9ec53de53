export { buildContract, type BuildOptions, type ContractBuild } from "./build/build-contract.ts";
export type { CompiledContract, CompileOptions, ContractSource } from "./build/compile-request.ts";
export { codeFromWasm, initCodeFromCode } from "./build/deployable.ts";
export type { AbiEventParameter, AbiItem, AbiParameter } from "./generate/abi.ts";
export type { StateMutability } from "./generate/contract-model.ts";
export type { StorageEntry } from "./generate/storage-layout.ts";

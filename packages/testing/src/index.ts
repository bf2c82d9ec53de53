export {
  addressArbitrary,
  bytesArbitrary,
  callMessageArbitrary,
  nearAddressArbitrary,
  pubkeyArbitrary,
  storageOperationsArbitrary,
  weiArbitrary,
  wordArbitrary,
  type StorageOperation,
} from "./arbitraries.ts";
export { bundleEntries, bundleEntry } from "./bundle-entry.ts";
export { compileSolidity, compileSolidityFiles, type CompiledContract } from "./compile-solidity.ts";
export { conformanceDirectory } from "./conformance-directory.ts";
export { testBlock, testTransaction } from "./context.ts";
export { assembleEvm, destination, evmDeployment, evmStore, returnReturnData, returnTop, type EvmPart } from "./evm-code/assemble-evm.ts";
export { createTypescriptEvaluator, type EvaluatedModule, type EvaluateTypescript } from "./evaluate-typescript.ts";
export { createEvmKit } from "./evm-code/evm-kit.ts";
export { createModelHost, type ModelHost, type ModelHostOptions } from "./model-host.ts";
export type { ModelAccount, ModelState } from "./model-state.ts";
export { createToyEnvironment, toyGasPerOperation, type ToyEnvironmentOptions } from "./toy-environment.ts";
export { toyOps, toyPrefix, toyProgram, type ToyCall } from "./toy-program.ts";
export { environmentSuite, type EnvironmentSuiteOptions, type SuiteRunner } from "./suite/environment-suite.ts";
export type { KitPrograms, ProgramCall, ProgramKit, StaticEnds, SuiteCall } from "./suite/program-kit.ts";
export type { CreateSuiteHost, SuiteHost, SuiteHostOptions } from "./suite/suite-world.ts";
export { createToyKit } from "./toy-kit.ts";
export { createWasmKit, type WasmKitOptions } from "./wasm-code/wasm-kit.ts";
export { stylusCode, stylusWat } from "./wasm-code/stylus-wat.ts";
export { createSvmKit, type SvmKitOptions } from "./svm-code/svm-kit.ts";
export { gatewayInput, relayInstruction, svmRelay } from "./svm-code/svm-relay.ts";

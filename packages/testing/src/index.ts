export { compileSolidity, type CompiledContract } from "./compile-solidity.ts";
export { testBlock, testTransaction } from "./context.ts";
export { createModelHost, type ModelHost, type ModelHostOptions } from "./model-host.ts";
export type { ModelAccount, ModelState } from "./model-state.ts";
export { createToyEnvironment, toyGasPerOperation, type ToyEnvironmentOptions } from "./toy-environment.ts";
export { toyOps, toyPrefix, toyProgram, type ToyCall } from "./toy-program.ts";

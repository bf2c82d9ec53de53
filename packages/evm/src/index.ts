export { createEvm, type EvmOptions } from "./create-evm.ts";
export { evm } from "./evm.ts";

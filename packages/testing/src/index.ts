export { testBlock, testTransaction } from "./context.ts";
export { createModelHost, type ModelHost, type ModelHostOptions } from "./model-host.ts";
export type { ModelAccount, ModelState } from "./model-state.ts";

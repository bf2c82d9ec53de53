export { bindingLanguages, generateBindings, type BindingLanguage, type BindingOptions, type Bindings } from "./generate-bindings.ts";
export type { GeneratedFile } from "./write/generated-file.ts";
export { definitionOf, type Definitions, type Field, type LengthPrefix, type Type } from "./model/type.ts";
export type { ContractInterface } from "./model/contract-interface.ts";
export type { ProgramInstruction, ProgramInterface } from "./model/program-interface.ts";
export { readInterface, type ReadOptions } from "./read/read-interface.ts";

/** From a description of a contract or a program to the files that use it from other languages and other VMs. */
import { TriremeError } from "@trireme/core";
import type { ContractInterface } from "./model/contract-interface.ts";
import type { ProgramInterface } from "./model/program-interface.ts";
import { kebabCase, pascalCase } from "./names/letter-case.ts";
import { readInterface } from "./read/read-interface.ts";
import { writeContractModule } from "./write/assemblyscript/contract-module.ts";
import { writeProgramModule } from "./write/assemblyscript/program-module.ts";
import { writeContractInterface } from "./write/solidity/contract-interface.ts";
import { writeProgramLibrary } from "./write/solidity/program-library.ts";
import { writeContractClient } from "./write/typescript/contract-client.ts";
import { writeProgramClient } from "./write/typescript/program-client.ts";
import type { GeneratedFile } from "./write/generated-file.ts";

/** A language that bindings are made for. */
export type BindingLanguage = "solidity" | "assemblyscript" | "typescript";

/** All of them. */
export const bindingLanguages: readonly BindingLanguage[] = ["solidity", "assemblyscript", "typescript"];

/** @see generateBindings */
export interface BindingOptions {
  /** The parsed JSON: an ABI or its artifact, an Anchor IDL or a Codama IDL. */
  readonly document: unknown;
  /** Overrides the name in the document; of several contracts in solc's output it chooses one. */
  readonly name?: string;
  /** The name where the document has none: its file's, say. "Contract" by default. */
  readonly fallbackName?: string;
  /** 32 bytes: the program's pubkey, for an IDL without one. */
  readonly program?: Uint8Array;
  /** All by default. */
  readonly languages?: readonly BindingLanguage[];
}

/** What was made. */
export interface Bindings {
  readonly kind: "contract" | "program";
  readonly name: string;
  readonly files: readonly GeneratedFile[];
  /** Lines about what was left out and why. */
  readonly warnings: readonly string[];
}

/**
 * Makes the bindings; the same input gives the same text. The document may come from anywhere.
 * @throws TriremeError `INVALID_ARGUMENT` with the place in the document, what was expected and what came
 */
export function generateBindings(options: BindingOptions): Bindings {
  const warnings = new Set<string>();
  const { document, name, fallbackName = "Contract", program, languages = bindingLanguages } = options;
  const read = readInterface(document, {
    ...(name === undefined ? {} : { name }),
    ...(program === undefined ? {} : { program }),
    fallbackName,
    warn: (text) => warnings.add(text),
  });
  const model = { ...read, name: className(read.name) };
  const files = languages.flatMap((language) => write(language, model, (text) => warnings.add(text)));
  return { kind: model.kind, name: model.name, files, warnings: [...warnings] };
}

/** The name of a class in every language: as given where it is one, else in capitals at the words. */
function className(name: string): string {
  const made = /^[A-Z][A-Za-z0-9]{0,127}$/.test(name) ? name : pascalCase(name);
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(made))
    throw new TriremeError("INVALID_ARGUMENT", `--name: expected a name of letters and digits, got ${JSON.stringify(name.slice(0, 80))}`);
  return made;
}

function write(language: BindingLanguage, model: ContractInterface | ProgramInterface, warn: (text: string) => void): GeneratedFile[] {
  const stem = kebabCase(model.name);
  if (model.kind === "contract") {
    if (language === "solidity") return [{ path: `solidity/I${model.name}.sol`, language, text: writeContractInterface(model, warn) }];
    if (language === "assemblyscript") return [{ path: `assemblyscript/${stem}.ts`, language, text: writeContractModule(model) }];
    return writeContractClient(model, stem);
  }
  if (language === "solidity") return [{ path: `solidity/${model.name}.sol`, language, text: writeProgramLibrary(model) }];
  if (language === "assemblyscript") return [{ path: `assemblyscript/${stem}.ts`, language, text: writeProgramModule(model) }];
  return writeProgramClient(model, stem);
}

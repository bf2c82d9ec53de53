/** From any description of a contract or a program to the model. */
import type { ContractInterface } from "../model/contract-interface.ts";
import type { ProgramInterface } from "../model/program-interface.ts";
import { readAbi } from "./abi/read-abi.ts";
import { readAnchor } from "./anchor/read-anchor.ts";
import { readCodama } from "./codama/read-codama.ts";
import { jsonCursor, type JsonCursor } from "./json-cursor.ts";
import type { Warn } from "./warning.ts";

/** What is known beside the document. */
export interface ReadOptions {
  /** Overrides the name in the document. */
  readonly name?: string;
  /** The name where the document has none. */
  readonly fallbackName: string;
  /** 32 bytes: overrides the program's pubkey in an IDL. */
  readonly program?: Uint8Array;
  readonly warn: Warn;
}

/**
 * Reads a parsed JSON document: an ABI (a list, or what solc, Foundry and Hardhat write), an Anchor IDL of any version or a
 * Codama IDL. @throws TriremeError `INVALID_ARGUMENT` with the place, what was expected and what came
 */
export function readInterface(document: unknown, options: ReadOptions): ContractInterface | ProgramInterface {
  const root = jsonCursor(document);
  const { warn, program } = options;
  const named = (found: string | undefined): string => options.name ?? found ?? options.fallbackName;
  if (root.isList()) return readAbi(root, named(undefined), warn);
  if (!root.isObject()) return root.refuse("an ABI or an IDL");
  if (root.optional("abi")?.isList() === true) return readAbi(root.at("abi"), named(artifactName(root)), warn);
  if (root.optional("contracts")?.isObject() === true) {
    const [found, abi] = compiledContract(root.at("contracts"), options.name);
    return readAbi(abi, named(found), warn);
  }
  if (root.optional("kind")?.value === "rootNode") {
    const name = root.at("program").at("name").text();
    return bindable(root, readCodama(root, named(name), program, warn));
  }
  if (root.optional("instructions")?.isList() === true) {
    const name = root.optional("name") ?? root.optional("metadata")?.optional("name");
    return bindable(root, readAnchor(root, named(name?.text()), program, warn));
  }
  return root.refuse(
    "an ABI (a list, or an object with abi or contracts), an Anchor IDL (an object with instructions) or a Codama IDL (kind rootNode)",
  );
}

function bindable(root: JsonCursor, read: ProgramInterface): ProgramInterface {
  return read.instructions.length + read.accounts.length === 0
    ? root.refuse("at least one instruction or account that can be bound")
    : read;
}

/** Hardhat writes the contract's name, Foundry where it compiled it from. */
function artifactName(root: JsonCursor): string | undefined {
  const own = root.optional("contractName");
  if (own !== undefined) return own.text();
  const target = root.optional("metadata");
  const targets = target?.isObject() === true ? target.optional("settings")?.optional("compilationTarget") : undefined;
  if (targets === undefined || !targets.isObject()) return undefined;
  const [name] = Object.values(targets.value as object);
  return typeof name === "string" ? name : undefined;
}

/** The contract of this name, or the only one, in solc's output: files, contracts. */
function compiledContract(files: JsonCursor, name: string | undefined): [string, JsonCursor] {
  const found: [string, JsonCursor][] = [];
  for (const file of Object.keys(files.value as object)) {
    const contracts = files.at(file);
    if (!contracts.isObject()) return contracts.refuse("contracts by name");
    for (const own of Object.keys(contracts.value as object)) found.push([own, contracts.at(own).at("abi")]);
  }
  const [chosen, ...others] = name === undefined ? found : found.filter(([own]) => own === name);
  if (chosen === undefined || others.length > 0)
    return files.refuse(`one contract${name === undefined ? " (--name says which)" : ` named ${name}`}, not ${found.length}`);
  return chosen;
}

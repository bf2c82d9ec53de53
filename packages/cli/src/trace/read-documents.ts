/** ABIs and IDLs from files, as decoders. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { readInterface, type ContractInterface, type ProgramInterface } from "@trireme/bindings";
import { isTriremeError, pubkeyFromBase58, TriremeError } from "@trireme/core";
import type { Abi } from "viem";
import type { Decoders } from "./annotated-frame.ts";
import { createContractDecoder } from "./contract-decoder.ts";
import { createProgramDecoder } from "./program-decoder.ts";

/** Files by the option that names them. */
export interface Documents {
  readonly abi: readonly string[];
  /** `<file>`, or `<file>=<program>` for an IDL that does not name its program. */
  readonly idl: readonly string[];
}

/** Reads the files. @throws TriremeError `INVALID_ARGUMENT` with the file, what was expected and what came */
export function readDocuments({ abi, idl }: Documents): Decoders {
  const contracts = abi.map((path) => read("--abi", path, isContract, "an ABI"));
  const programs = idl.map((given) => {
    const [, path = given, program] = /^(.+)=([1-9A-HJ-NP-Za-km-z]{32,44})$/.exec(given) ?? [];
    return read("--idl", path, isProgram, "an Anchor or Codama IDL, <file>=<program> where it does not name its program", program);
  });
  return {
    contracts: createContractDecoder(contracts.map((contract) => contract.abi as unknown as Abi)),
    programs: createProgramDecoder(programs),
  };
}

type Interface = ContractInterface | ProgramInterface;

function isContract(found: Interface): found is ContractInterface {
  return found.kind === "contract";
}

function isProgram(found: Interface): found is ProgramInterface {
  return found.kind === "program";
}

function read<T extends Interface>(
  option: string,
  path: string,
  isWanted: (found: Interface) => found is T,
  what: string,
  program?: string,
): T {
  let found: Interface;
  try {
    const document: unknown = JSON.parse(readFileSync(path, "utf8"));
    found = readInterface(document, {
      fallbackName: basename(path).replace(/\..*$/, ""),
      ...(program === undefined ? {} : { program: pubkeyFromBase58(program) }),
      warn: () => undefined,
    });
  } catch (cause) {
    if (!(cause instanceof Error) && !isTriremeError(cause)) throw cause;
    throw new TriremeError("INVALID_ARGUMENT", `${option} ${path}: ${cause.message}`, { cause });
  }
  if (!isWanted(found)) throw new TriremeError("INVALID_ARGUMENT", `${option} ${path}: expected ${what}, got one of a ${found.kind}`);
  return found;
}

/** The WebAssembly behind an account's code: its own, or its fragments'. */
import type { Address, Host } from "@trireme/core";
import { componentKind, parseRoot, programBytes, rootBytes, type ProgramBytes } from "../activation/component-code.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";

/** Reads a program's WebAssembly; `readFragment` gives the code of one fragment, and may charge for it. */
export function readProgramWasm(
  code: Uint8Array,
  parameters: StylusParameters,
  readFragment: (address: Address) => Uint8Array,
): ProgramBytes {
  if (componentKind(code, parameters) !== "root") return programBytes(code, parameters);
  const parsed = parseRoot(code, parameters);
  if (parsed.kind === "invalid") return parsed;
  return rootBytes(parsed.root, inOrder(parsed.root.fragments, readFragment), parameters);
}

/** One by one: behind a fragment that is none no other one is read, and paid. */
function* inOrder(fragments: readonly Address[], readFragment: (address: Address) => Uint8Array): Generator<Uint8Array> {
  for (const fragment of fragments) yield readFragment(fragment);
}

/** Whether code is a program that can be called: whole, or the root of one. */
export function isProgram(code: Uint8Array, parameters: StylusParameters): boolean {
  const kind = componentKind(code, parameters);
  return kind === "program" || kind === "root";
}

/** The code of a fragment, for nothing. */
export function fragmentReader(host: Pick<Host, "getCode">): (address: Address) => Uint8Array {
  return (address) => host.getCode(address);
}

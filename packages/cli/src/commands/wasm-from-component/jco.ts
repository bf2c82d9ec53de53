/** jco: what takes a component apart. It is large, so that only who builds from components installs it. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { TriremeError } from "@trireme/core";

/** What is used of jco. */
export interface Jco {
  /** The component's world in WIT. */
  componentWit(component: Uint8Array): Promise<string>;
  /** A component or module in the text format. */
  print(binary: Uint8Array): Promise<string>;
  /** The binary of a text. */
  parse(text: string): Promise<Uint8Array>;
  /** The component's core modules, `<name>.core.wasm` first, among other files. */
  transpile(
    component: Uint8Array,
    options: { readonly name: string; readonly instantiation: "sync"; readonly noTypescript: true },
  ): Promise<{ readonly files: Readonly<Record<string, Uint8Array>> }>;
}

/** Where jco is, seen from here. @throws where it is not installed */
function findJco(): string {
  const require = createRequire(import.meta.url);
  return require.resolve("@bytecodealliance/jco");
}

/** Loads jco. @throws (rejects) TriremeError `INVALID_CONFIGURATION` where it is not installed */
export async function loadJco(find: () => string = findJco): Promise<Jco> {
  let path: string;
  try {
    path = find();
  } catch (cause) {
    throw new TriremeError(
      "INVALID_CONFIGURATION",
      "components need jco: install it beside trireme (npm install --save-dev @bytecodealliance/jco@1.35.0)",
      { cause },
    );
  }
  return (await import(pathToFileURL(path).href)) as Jco;
}

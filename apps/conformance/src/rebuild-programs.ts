/** Programs of cases that are built from AssemblyScript in this repository: the bytes have to be what their source gives. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildContract } from "@trireme/contract-as";
import { readObject, readString, type JsonValue } from "./json-value.ts";

/** A program of a file of cases. */
interface NamedProgram {
  /** Relative to the repository's root. */
  readonly source: string;
  /** As it stands in the case. */
  readonly wasm: string;
}

/** Builds every program that names its source, and answers the sources whose bytes are others. With `write`, the file gets the new bytes. */
export async function staleProgramsOf(path: string, write: boolean): Promise<readonly string[]> {
  let text = readFileSync(path, "utf8");
  const stale = new Set<string>();
  const built = new Map<string, string>();
  for (const { source, wasm } of programsIn(JSON.parse(text) as JsonValue)) {
    const entryPath = fileURLToPath(new URL(`../../../${source}`, import.meta.url));
    const bytes = built.get(source) ?? Buffer.from((await buildContract({ entryPath })).wasm).toString("base64");
    built.set(source, bytes);
    if (bytes === wasm) continue;
    stale.add(source);
    text = text.replaceAll(JSON.stringify(wasm), JSON.stringify(bytes));
  }
  if (write && stale.size > 0) writeFileSync(path, text);
  return [...stale];
}

/** Every `{ wasm, source }` at any depth. */
function programsIn(value: JsonValue): readonly NamedProgram[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(programsIn);
  const fields = readObject(value, "a value");
  const inner = Object.values(fields).flatMap(programsIn);
  if (fields["source"] === undefined || fields["wasm"] === undefined) return inner;
  return [{ source: readString(fields["source"], "source"), wasm: readString(fields["wasm"], "wasm") }, ...inner];
}

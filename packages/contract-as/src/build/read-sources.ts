/** The files of a contract, found by following its imports. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { FileModel } from "../generate/contract-model.ts";
import { readFile } from "../generate/read-file.ts";
import { placeOf, SourceError } from "../generate/source-error.ts";
import type { Frontend } from "../generate/syntax-tree.ts";
import type { ContractSource } from "./compile-request.ts";

/** The entry first. @throws SourceError for what does not parse, is not found or breaks the convention */
export function readSources(frontend: Frontend, from: ContractSource): FileModel[] {
  const parser = new frontend.Parser([]);
  const entry = entryOf(from);
  parser.parseFile(entry.text, `${entry.path}.ts`, true);
  const files = [entry.path];
  for (let path = parser.nextFile(); path !== null; path = parser.nextFile()) {
    // The language's library and the SDK: the compiler finds them.
    if (path.startsWith("~lib/")) continue;
    const text = entry.folder === undefined ? undefined : textOf(entry.folder, path);
    if (text === undefined) throw new SourceError(`${parser.getDependee(path) ?? entry.path}.ts imports ${path}, which is not found`);
    parser.parseFile(text, `${path}.ts`, false);
    files.push(path);
  }
  const [mistake] = parser.diagnostics;
  if (mistake !== undefined) throw new SourceError(placed(mistake));
  return parser.sources.map((source, index) => readFile(frontend, source, files[index] as string));
}

function entryOf(from: ContractSource): { readonly path: string; readonly text: string; readonly folder?: string } {
  if ("source" in from) return { path: "contract", text: from.source };
  const file = resolve(from.entryPath);
  if (!existsSync(file)) throw new SourceError(`${from.entryPath} is not found`);
  return { path: basename(file).replace(/\.ts$/, ""), text: readFileSync(file, "utf8"), folder: dirname(file) };
}

function textOf(folder: string, path: string): string | undefined {
  for (const candidate of [`${path}.ts`, `${path}/index.ts`]) {
    const file = join(folder, candidate);
    if (existsSync(file) && statSync(file).isFile()) return readFileSync(file, "utf8");
  }
  return undefined;
}

function placed({ message, range }: InstanceType<Frontend["Parser"]>["diagnostics"][number]): string {
  if (range === null) return message;
  return `${placeOf(range.source.normalizedPath.replace(/\.ts$/, ""), range.source.text, range.start)}: ${message}`;
}

/** Test vectors below a folder. */
import { readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { TriremeError } from "@trireme/core";

/** A file and its name in reports. */
export interface FoundFile {
  readonly path: string;
  /** Relative to the folder that was asked for. */
  readonly file: string;
}

/** JSON files in and below `folder`, as `findFiles`. */
export function findJsonFiles(folder: string): readonly FoundFile[] {
  return findFiles(folder, ".json");
}

/** Files with this ending in and below `folder` (or `folder` itself, when it is a file), in alphabetical order. @throws TriremeError `INVALID_ARGUMENT` when there is nothing at `folder` */
export function findFiles(folder: string, ending: string): readonly FoundFile[] {
  const root = resolve(folder);
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new TriremeError("INVALID_ARGUMENT", `expected a folder of test vectors, got ${folder}, which does not exist`);
  if (stats.isFile()) return [{ path: root, file: folder }];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, file: relative(root, path) }));
}

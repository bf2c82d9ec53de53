/** A fixed sample of the state tests for every run of the tests: each folder is in it. */
import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { FoundFile } from "./find-files.ts";

/** Files of at most this many bytes are taken beside the smallest of a folder; larger ones run for seconds. */
const MAX_BYTES = 400_000;
/** Files of a folder of the older, general tests. */
const GENERAL_FILES = 12;
/** Small files whose cases spend 10^8 gas each in a loop. */
const slowFiles: ReadonlySet<string> = new Set(["test_run_until_out_of_gas.json"]);

/** A folder's part of the sample. */
export interface SampledFolder {
  readonly folder: string;
  readonly files: readonly FoundFile[];
}

/** The sample of `files`, by folder: of an EIP's folder all that are not large, of a general one a few, evenly spread. Depends on names and sizes only. */
export function sampleOf(files: readonly FoundFile[]): readonly SampledFolder[] {
  const folders = new Map<string, FoundFile[]>();
  for (const file of files) folders.set(dirname(file.file), [...(folders.get(dirname(file.file)) ?? []), file]);
  return [...folders].map(([folder, inFolder]) => {
    const sized = inFolder.map((file) => ({ file, size: statSync(file.path).size }));
    const small = sized.filter(({ file, size }) => size <= MAX_BYTES && !slowFiles.has(basename(file.file)));
    if (small.length === 0) return { folder, files: [sized.reduce((left, right) => (right.size < left.size ? right : left)).file] };
    const step = folder.startsWith("static") ? Math.max(1, Math.floor(small.length / GENERAL_FILES)) : 1;
    return { folder, files: small.filter((_, index) => index % step === 0).map(({ file }) => file) };
  });
}

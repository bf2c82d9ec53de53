// Runs generated TypeScript: types are stripped, imports come from a list, nothing is written to disk.
import { transformSync } from "esbuild";
import * as kit from "@solana/kit";
import * as viem from "viem";
import type { GeneratedFile } from "../index.ts";

type Module = Readonly<Record<string, unknown>>;

const packages: Readonly<Record<string, Module>> = { "@solana/kit": kit, viem };

/** What the file at `path` exports. */
export function evaluateTypescript(files: readonly GeneratedFile[], path: string): Module {
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`no file ${path} among ${files.map((one) => one.path).join(", ")}`);
  const { code } = transformSync(file.text, { loader: "ts", format: "cjs" });
  const module = { exports: {} as Module };
  const load = (name: string): Module => packages[name] ?? evaluateTypescript(files, `typescript/${name.slice(2).replace(/\.js$/, ".ts")}`);
  // The text is our own, and what it was made of is the point of the test.
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
  new Function("module", "exports", "require", code)(module, module.exports, load);
  return module.exports;
}

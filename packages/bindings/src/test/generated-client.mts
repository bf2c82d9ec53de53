// A generated TypeScript file, running.
import * as kit from "@solana/kit";
import { createTypescriptEvaluator, type EvaluatedModule } from "@trireme/testing";
import * as viem from "viem";
import type { GeneratedFile } from "../write/generated-file.ts";

const evaluate = await createTypescriptEvaluator({ "@solana/kit": kit, viem });

/** What the file at `path` exports. */
export function generatedClient(files: readonly GeneratedFile[], path: string): EvaluatedModule {
  return evaluate(new Map(files.map((file) => [file.path, file.text])), path);
}

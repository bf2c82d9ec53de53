/** The folder that a command writes to. */
import { mkdirSync } from "node:fs";
import { TriremeError } from "@trireme/core";
import { textOption } from "./options.ts";

/** The folder that `--out` names, the current one by default; made where it is missing. @throws TriremeError `INVALID_ARGUMENT` where it cannot be one */
export function outputFolder(option: unknown): string {
  const folder = textOption("--out", option) ?? ".";
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TriremeError("INVALID_ARGUMENT", `--out: expected a folder, got ${folder}: ${reason}`, { cause });
  }
  return folder;
}

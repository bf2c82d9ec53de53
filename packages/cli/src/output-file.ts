/** The file that an option names. */
import { writeFileSync } from "node:fs";
import { TriremeError } from "@trireme/core";

/** @throws TriremeError `INVALID_ARGUMENT` that names the option, where the file cannot be written */
export function writeOutput(option: string, path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new TriremeError("INVALID_ARGUMENT", `${option}: expected a file that can be written, got ${path}: ${String(cause)}`, { cause });
  }
}

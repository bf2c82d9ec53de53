/** Errors of assembly: a message with the line it means. */
import { TriremeError } from "@trireme/core";

/** A line that cannot be assembled: `INVALID_ENCODING`, with the line in `details`. */
export function assemblyError(line: number, message: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", `line ${line}: ${message}`, { details: { line } });
}

/** Errors of assembly: a message with the line it means. */
import { TriremeError } from "@trireme/core";

/** A line that cannot be assembled: `INVALID_ENCODING`, with the line in `details`. */
export function assemblyError(line: number, message: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", `line ${line}: ${message}`, { details: { line } });
}

const longestQuote = 60;

/** A part of a source for a message: not all of it where it is long. */
export function quote(text: string): string {
  return text.length <= longestQuote ? text : `${text.slice(0, longestQuote)}...`;
}

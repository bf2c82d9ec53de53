/** Turns what a schema found into one line: where, what was expected, what came. */
import { TriremeError } from "@trireme/core";
import type { z } from "zod";

/** The error of a definition that cannot be used; names the first problem and counts the others. */
export function configurationError(caller: string, input: unknown, issues: readonly z.core.$ZodIssue[]): TriremeError {
  const lines = issues.map((issue) => describe(input, issue));
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : "";
  return new TriremeError("INVALID_CONFIGURATION", `${caller}: ${lines[0] ?? "expected valid options"}${more}`, {
    details: { problems: lines },
  });
}

function describe(input: unknown, issue: z.core.$ZodIssue): string {
  const path = issue.path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}${text && "."}${String(key)}`),
    "",
  );
  if (issue.code === "unrecognized_keys")
    return `${path || "options"}: expected no option named ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
  return `${path || "options"}: ${issue.message}, got ${show(valueAt(input, issue.path))}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** A value in an error message: short, and telling a bigint from a number. */
function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}

/** A place in a JSON document that came from outside: every read says what it expected, where, and what came. */
import { TriremeError, type TriremeErrorCode } from "@trireme/core";

/** Longest text of a name. */
const maxName = 128;
/** Entries of one list. */
const maxItems = 10_000;
/** Levels below the root. */
const maxDepth = 64;

/** A value with its place. Readers ask it for what they expect. */
export interface JsonCursor {
  /** As in `$.instructions[2].name`. */
  readonly path: string;
  readonly value: unknown;
  /** @throws TriremeError `INVALID_ARGUMENT` with place, expectation and what came, always */
  refuse(expected: string): never;
  /** As `refuse`, for what is well formed and yet has no binding. @throws TriremeError `NOT_SUPPORTED`, always */
  decline(expected: string): never;
  /** A member of an object; its value is undefined where there is none. */
  at(key: string): JsonCursor;
  /** A member, undefined where it is missing or null. */
  optional(key: string): JsonCursor | undefined;
  /** The items of a list. */
  items(): JsonCursor[];
  /** The items of a member that may be missing. */
  itemsAt(key: string): JsonCursor[];
  text(): string;
  boolean(): boolean;
  /** An integer between two bounds. */
  integer(minimum: number, maximum: number): number;
  /** A letter, `_` or `$`, then those and digits; at most 128 characters. */
  identifier(): string;
  /** One of some texts. */
  oneOf<const T extends string>(...texts: readonly T[]): T;
  isObject(): boolean;
  isList(): boolean;
  isText(): boolean;
}

/** The root of a document. */
export function jsonCursor(value: unknown, path = "$", depth = 0): JsonCursor {
  const fail = (code: TriremeErrorCode, expected: string): never => {
    throw new TriremeError(code, `${path}: expected ${expected}, got ${shown(value)}`, { details: { path } });
  };
  const refuse = (expected: string): never => fail("INVALID_ARGUMENT", expected);
  const isList = (): boolean => Array.isArray(value);
  const isObject = (): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
  const below = (child: unknown, place: string): JsonCursor => {
    if (depth >= maxDepth) refuse(`at most ${maxDepth} levels`);
    return jsonCursor(child, place, depth + 1);
  };
  const cursor: JsonCursor = {
    path,
    value,
    refuse,
    decline: (expected) => fail("NOT_SUPPORTED", expected),
    isList,
    isObject,
    isText: () => typeof value === "string",
    at(key) {
      if (!isObject()) refuse("an object");
      const own = Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined;
      return below(own, `${path}.${key}`);
    },
    optional(key) {
      const child = cursor.at(key);
      return child.value === undefined || child.value === null ? undefined : child;
    },
    items() {
      if (!Array.isArray(value)) return refuse("a list");
      if (value.length > maxItems) refuse(`at most ${maxItems} items`);
      return value.map((item: unknown, index) => below(item, `${path}[${index}]`));
    },
    itemsAt: (key) => cursor.optional(key)?.items() ?? [],
    text() {
      if (typeof value !== "string") return refuse("a text");
      return value;
    },
    boolean() {
      if (typeof value !== "boolean") return refuse("true or false");
      return value;
    },
    integer(minimum, maximum) {
      if (typeof value !== "number" || !Number.isInteger(value) || value < minimum || value > maximum)
        return refuse(`an integer from ${minimum} to ${maximum}`);
      return value;
    },
    identifier() {
      if (typeof value !== "string" || value.length > maxName || !/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(value))
        return refuse(`a name (letters, digits, _ and $, at most ${maxName} characters)`);
      return value;
    },
    oneOf(...texts) {
      const found = texts.find((text) => text === value);
      if (found === undefined) return refuse(texts.length === 1 ? `"${texts[0]}"` : `one of ${texts.join(", ")}`);
      return found;
    },
  };
  return cursor;
}

/** A value for a message: one line, never long. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return `an object with ${Object.keys(value).length} members`;
  const text = typeof value === "string" ? JSON.stringify(value) : `${value as number | boolean | bigint | null}`;
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

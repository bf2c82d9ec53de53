/** Parsers of structures: objects with known fields, lists. */
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import type { Parser } from "../../json-rpc/rpc-method.ts";

/** An object's fields by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object, not an array. */
export const object: Parser<Fields> = (value, path) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalidParameter(path, "an object", value);
  return value as Fields;
};

/** A list of at most `maximum` items. */
export function list<T>(item: Parser<T>, maximum: number): Parser<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw invalidParameter(path, "an array", value);
    if (value.length > maximum) throw invalidParameter(path, `an array of at most ${maximum} items`, value);
    return value.map((entry, index) => item(entry, `${path}[${index}]`));
  };
}

/** Reads one field of an object; undefined where it is absent or null. */
export function field<T>(fields: Fields, name: string, parse: Parser<T>, path: string): T | undefined {
  const value = fields[name];
  return value === undefined || value === null ? undefined : parse(value, `${path}.${name}`);
}

/** The object without its undefined fields, as exact optional properties want it. */
export function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

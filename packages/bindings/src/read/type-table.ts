/** The named types of an IDL: read where something uses them, so that one that cannot be bound harms only its users. */
import type { Definition, Definitions, Shape } from "../model/type.ts";
import { createNameScope } from "../names/name-scope.ts";
import type { JsonCursor } from "./json-cursor.ts";

/** Types that hold each other, and aliases of aliases: more levels than anybody writes by hand. */
export const maxNesting = 64;

/** Definitions as they come. */
export interface TypeTable {
  /** Reads the type of this name unless it is known. @throws TriremeError where it is missing or contains itself */
  resolve(name: string, from: JsonCursor): void;
  /** Adds a type that has no name in the IDL; gives the name it got. */
  define(preferred: string, shape: Shape): string;
  readonly definitions: Definitions;
}

/** A table over the types that an IDL lists; `read` makes the shape of one. */
export function createTypeTable(listed: ReadonlyMap<string, JsonCursor>, read: (cursor: JsonCursor, name: string) => Shape): TypeTable {
  const definitions = new Map<string, Definition>();
  const open = new Set<string>();
  const scope = createNameScope(listed.keys());
  return {
    definitions,
    resolve(name, from) {
      if (definitions.has(name)) return;
      const cursor = listed.get(name) ?? from.refuse("the name of a type that the IDL defines");
      if (open.has(name)) from.refuse(`a type that does not contain itself (${[...open, name].join(" > ")})`);
      if (open.size >= maxNesting) from.refuse(`types that hold each other over at most ${maxNesting} levels`);
      open.add(name);
      try {
        const shape = read(cursor, name);
        definitions.set(name, { name, shape });
      } finally {
        open.delete(name);
      }
    },
    define(preferred, shape) {
      const name = scope.take(preferred);
      definitions.set(name, { name, shape });
      return name;
    },
  };
}

/** Cursors by the name that each has; a name twice is refused. */
export function byName(cursors: readonly JsonCursor[], nameOf: (cursor: JsonCursor) => string): Map<string, JsonCursor> {
  const named = new Map<string, JsonCursor>();
  for (const cursor of cursors) {
    const name = nameOf(cursor);
    const other = named.get(name);
    if (other !== undefined) cursor.refuse(`a name of its own, not that of ${other.path}`);
    named.set(name, cursor);
  }
  return named;
}

/** Names that are taken in a scope of generated code, so that no two things get the same one. */

/** A scope; what is inside sees the names outside of it. */
export interface NameScope {
  /** The preferred name, or where it is taken the same with `_` and a number behind. */
  take(preferred: string): string;
  has(name: string): boolean;
  /** A scope inside this one. It sees what is taken out here until it is made. */
  inner(): NameScope;
}

/** A scope in which `reserved` names cannot be taken. */
export function createNameScope(reserved: Iterable<string>): NameScope {
  const taken = new Set(reserved);
  return {
    take(preferred) {
      let name = preferred;
      // A word of the language reads better with a mark than with a number.
      for (let number = 1; taken.has(name); number++) name = number === 1 ? `${preferred}_` : `${preferred}_${number}`;
      taken.add(name);
      return name;
    },
    has: (name) => taken.has(name),
    inner: () => createNameScope(taken),
  };
}

/** Names for things that are told apart by a key: the same key has the same name. */
export function createNameTable(scope: NameScope): (key: string, preferred: string) => string {
  const names = new Map<string, string>();
  return (key, preferred) => {
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = scope.take(preferred);
    names.set(key, name);
    return name;
  };
}

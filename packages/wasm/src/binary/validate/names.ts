/** Stylus' rules about names: nitro refuses modules whose imports and exports could be mixed up (crates/prover/src/binary.rs `parse_with_version`). */
import { quoteName, WasmFaultError } from "../wasm-fault.ts";
import type { WasmModule } from "../wasm-module.ts";

/** Names that begin so are those of what instrumentation adds. */
const reserved = "stylus";

/** Checks the names of imports and exports against one another. Of an export's name, what stands behind the last "__" counts. */
export function checkNames({ imports, exports }: WasmModule): void {
  const types = new Map<string, number>();
  const imported = new Set<string>();
  for (const { module, name, type } of imports) {
    // A name may hold any character; a length keeps two pairs apart.
    const key = `${module.length}:${module}${name}`;
    if (types.has(key) && types.get(key) !== type) {
      throw new WasmFaultError("stylusRule", `expected ${quoteName(module)}.${quoteName(name)} with one type index, got two`);
    }
    types.set(key, type);
    imported.add(name);
    if (name.startsWith(reserved)) throw reservedName("import", name);
  }
  for (const { name } of exports) {
    const last = name.slice(lastSeparatorEnd(name));
    if (imported.has(last)) throw new WasmFaultError("stylusRule", `expected no export named as an import, got ${quoteName(name)}`);
    if (last.startsWith(reserved)) throw reservedName("export", name);
  }
}

function lastSeparatorEnd(name: string): number {
  const at = name.lastIndexOf("__");
  return at < 0 ? 0 : at + 2;
}

function reservedName(what: string, name: string): WasmFaultError {
  return new WasmFaultError("stylusRule", `expected an ${what} whose name does not begin with "${reserved}", got ${quoteName(name)}`);
}

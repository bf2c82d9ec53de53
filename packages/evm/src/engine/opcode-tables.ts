/** The opcode tables, one per hardfork and realm: the engine's, with instructions of ours in them. */
import type { Common } from "@ethereumjs/common";
import type { OpcodeEntry } from "./ethereumjs.ts";
import type { Instructions } from "./instructions/instruction.ts";
import type { Realm } from "./realm.ts";

/** Gives the table of a Common's hardfork. */
export function createOpcodeTables(realm: Realm, instructions: Instructions): (common: Common) => readonly OpcodeEntry[] {
  const { getOpcodesForHF } = realm.load("opcodes/codes.js") as {
    readonly getOpcodesForHF: (common: Common) => { readonly opcodeMap: OpcodeEntry[] };
  };
  const tables = new Map<Common, readonly OpcodeEntry[]>();
  return (common) => {
    const known = tables.get(common);
    if (known !== undefined) return known;
    const table = [...getOpcodesForHF(common).opcodeMap];
    for (const [opcode, instruction] of instructions) {
      const entry = table[opcode] as OpcodeEntry;
      // What the hardfork does not know stays invalid.
      if (!entry.opcodeInfo.isInvalid) table[opcode] = { ...entry, ...instruction };
    }
    tables.set(common, table);
    return table;
  };
}

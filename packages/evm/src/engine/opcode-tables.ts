/** The engine's opcode tables, one per hardfork and realm. */
import type { Common } from "@ethereumjs/common";
import type { OpcodeEntry, RunState } from "./ethereumjs.ts";
import { frameEnd } from "./ethereumjs.ts";
import { frameEnds } from "./halt-reason.ts";
import type { Realm } from "./realm.ts";

const RETURNDATACOPY = 0x3e;

/** Gives the table of a Common's hardfork. */
export function createOpcodeTables(realm: Realm): (common: Common) => readonly OpcodeEntry[] {
  const { getOpcodesForHF } = realm.load("opcodes/codes.js") as {
    readonly getOpcodesForHF: (common: Common) => { readonly opcodeMap: OpcodeEntry[] };
  };
  const tables = new Map<Common, readonly OpcodeEntry[]>();
  return (common) => {
    const known = tables.get(common);
    if (known !== undefined) return known;
    const table = [...getOpcodesForHF(common).opcodeMap];
    table[RETURNDATACOPY] = withBoundsCheck(table[RETURNDATACOPY] as OpcodeEntry);
    tables.set(common, table);
    return table;
  };
}

/** EIP-211: reading beyond the return data halts; the engine calls it out of gas, other clients by its name. */
function withBoundsCheck(entry: OpcodeEntry): OpcodeEntry {
  const gasHandler = entry.gasHandler as NonNullable<OpcodeEntry["gasHandler"]>;
  return {
    ...entry,
    gasHandler: (state: RunState, gas: bigint, common: Common) => {
      const [, offset, length] = state.stack.peek(3) as [bigint, bigint, bigint];
      if (offset + length > BigInt(state.returnBytes.length)) throw frameEnd(frameEnds.returnDataOutOfBounds);
      return gasHandler(state, gas, common);
    },
  };
}

/** Program-derived addresses as instructions name them: the same one often stands at several of them. */
import { bytesToHex } from "@trireme/core";
import type { ProgramAddress } from "../model/program-interface.ts";
import { camelCase } from "../names/letter-case.ts";

/** Collects addresses; two of one name that differ get the instruction's name before theirs. */
export function collectAddresses(): {
  add(address: ProgramAddress, instruction: string): void;
  all(): ProgramAddress[];
} {
  const byName = new Map<string, { readonly key: string; readonly address: ProgramAddress }>();
  return {
    add(address, instruction) {
      const key = keyOf(address);
      const names = [address.name, camelCase(`${instruction}_${address.name}`)];
      for (const name of names) {
        const known = byName.get(name);
        if (known?.key === key) return;
        if (known !== undefined) continue;
        byName.set(name, { key, address: { ...address, name } });
        return;
      }
    },
    all: () => [...byName.values()].map(({ address }) => address),
  };
}

function keyOf({ program, seeds }: ProgramAddress): string {
  const parts = seeds.map((seed) => (seed.kind === "constant" ? bytesToHex(seed.bytes) : [seed.field.name, seed.field.type]));
  return JSON.stringify([bytesToHex(program), parts]);
}

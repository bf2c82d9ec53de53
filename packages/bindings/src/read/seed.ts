/** What seeds of program-derived addresses may be. */
import type { Type } from "../model/type.ts";

/** Most seeds of an address, the bump not counted. */
export const maxSeeds = 15;
/** Most bytes of one seed. */
export const maxSeedBytes = 32;

/** Whether values of a type are seeds as they are. */
export function isSeedType(type: Type): boolean {
  if (type.kind === "fixedBytes") return type.length <= maxSeedBytes;
  return ["bool", "integer", "pubkey", "string", "bytes"].includes(type.kind);
}

/** The genesis block of a database: written into an empty one, compared in any other. */
import { bytesToHex, equalBytes, TriremeError } from "@trireme/core";
import type { Database } from "@trireme/state";
import type { ChainDefinition } from "./definition/chain-definition.ts";
import { genesisRecord } from "./definition/genesis.ts";

/** @throws TriremeError `GENESIS_MISMATCH` when the database has another block 0 */
export async function openGenesis(definition: ChainDefinition, database: Database): Promise<void> {
  const genesis = genesisRecord(definition);
  if (database.head === undefined) return database.append(genesis);
  const stored = database.getBlock(0n);
  if (stored !== undefined && equalBytes(stored.hash, genesis.hash)) return undefined;
  throw new TriremeError(
    "GENESIS_MISMATCH",
    `expected a database of the chain with genesis ${bytesToHex(genesis.hash)}, got one with ${stored === undefined ? "none" : bytesToHex(stored.hash)}`,
  );
}

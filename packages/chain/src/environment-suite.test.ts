// The contract of environments, once more on what a chain really runs them on: the host over a journal over the world state.
import { createEvm } from "@trireme/evm";
import { createHost } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState } from "@trireme/state";
import { createEvmKit, createToyKit, environmentSuite, testBlock, testTransaction, type ProgramKit } from "@trireme/testing";
import { describe, expect, it } from "vitest";

const { reader } = createWorldState({ database: createMemoryDatabase() });
const evm = createEvm();

/** A kit for every environment that this repository registers with chains. */
const kits: Readonly<Record<string, ProgramKit>> = { EVM: createEvmKit(() => evm), toy: createToyKit() };

for (const [name, kit] of Object.entries(kits)) {
  environmentSuite({
    name: `${name} on the real host`,
    kit,
    runner: { describe, it, expect },
    createHost: (options) => {
      const journal = createJournal(reader);
      journal.beginTransaction();
      return {
        host: createHost({ ...options, journal, block: testBlock, transaction: testTransaction }),
        logs: () => journal.logs,
        nextTransaction: () => {
          journal.endTransaction();
          journal.beginTransaction();
        },
      };
    },
  });
}

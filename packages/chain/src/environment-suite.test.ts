// The contract of environments, once more on what a chain really runs them on: the host over a journal over the world state.
import { toAddress, type Host, type Pubkey } from "@trireme/core";
import { createEvm } from "@trireme/evm";
import { createHost } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState } from "@trireme/state";
import { assemble, createSvm, writeElf } from "@trireme/svm";
import {
  createEvmKit,
  createSvmKit,
  createToyKit,
  createWasmKit,
  environmentSuite,
  testBlock,
  testTransaction,
  type ProgramKit,
} from "@trireme/testing";
import { createWasm } from "@trireme/wasm";
import createWabt from "wabt";
import { describe, expect, it } from "vitest";

const { reader } = createWorldState({ database: createMemoryDatabase() });
const evm = createEvm();
const wasm = createWasm({ parameters: { arbosVersion: 51 } });
const svm = createSvm();
const wabt = await createWabt();

function bytesFromWat(text: string): Uint8Array {
  const module = wabt.parseWat("kit.wat", text);
  const { buffer } = module.toBinary({});
  module.destroy();
  return Uint8Array.from(buffer);
}

/** Puts a program there as genesis does: what is deployed in a block does not run in it (rule 16). */
function installProgram(host: Host, id: Pubkey, elf: Uint8Array): void {
  host.removeSvmRecord(toAddress(id));
  const genesis = Object.create(host, { block: { value: { ...testBlock, number: 0n } } }) as Host;
  createSvm({ programs: [{ id, elf, loader: 2 }] }).writeGenesis?.(genesis);
}

/** A kit for every environment that this repository registers with chains. */
const kits: Readonly<Record<string, ProgramKit>> = {
  EVM: createEvmKit(() => evm),
  WASM: createWasmKit({ createEnvironment: () => wasm, bytesFromWat }),
  SVM: createSvmKit({
    createEnvironment: () => svm,
    elfFromAssembly: (source) => writeElf(assemble(source)),
    install: installProgram,
  }),
  toy: createToyKit(),
};

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

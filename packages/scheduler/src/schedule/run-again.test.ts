import { addressFromBytes, emptyBytes, type Address } from "@trireme/core";
import { createFlatReader, createJournal } from "@trireme/state";
import { expect, it } from "vitest";
import { BlockMemory } from "../memory/block-memory.ts";
import { createBlockMemory } from "../memory/create-block-memory.ts";
import { VersionedState } from "../memory/versioned-state.ts";
import { BlockWorker } from "./block-worker.ts";

const account = (index: number): Address => addressFromBytes(new Uint8Array(20).fill(index + 1));
const room = { gasLeft: 1_000n, blobGasLeft: 0n };

it("takes others while the transaction that one waits for is run again at its commit", () => {
  const handle = createBlockMemory({ transactions: 4, bytes: 1_000_000 });
  const base = createFlatReader(() => undefined);
  const runs: string[] = [];
  let whileRunAgain = (): void => undefined;
  const createWorker = (): BlockWorker => {
    const memory = new BlockMemory(handle);
    const state = new VersionedState(memory, base);
    return new BlockWorker({
      memory,
      state,
      body: {
        room,
        dependsOnRoom: () => false,
        executeRest: () => ({ entries: [], credits: [] }),
        // 1 reads what 0 writes, 2 reads what 1 writes, 3 reads nothing.
        execute(index, given) {
          runs.push(`${index}${given === undefined ? "" : " in turn"}`);
          if (given !== undefined) whileRunAgain();
          const journal = createJournal(state.reader);
          journal.beginTransaction();
          const read = index === 1 || index === 2 ? journal.getNonce(account(index - 1)) : 0n;
          journal.setNonce(account(index), read + 1n);
          journal.endTransaction();
          return { outcome: emptyBytes, gasUsed: 1n, blobGasUsed: 0n, writes: journal.takeWrites() };
        },
      },
    });
  };
  const [first, second] = [createWorker(), createWorker()];
  first.step();
  second.step();
  first.step();
  second.step();
  expect(runs).toEqual(["0", "1"]);
  whileRunAgain = () => {
    whileRunAgain = () => undefined;
    for (let step = 0; step < 4; step++) second.step();
  };
  first.step();
  expect(runs).toEqual(["0", "1", "1 in turn", "2", "3"]);
  for (let step = 0; step < 20; step++) second.step();
  expect(runs).toEqual(["0", "1", "1 in turn", "2", "3", "2"]);
});

import { addressFromBytes, bytesToHex, type Checkpoint, type Host } from "@trireme/core";
import { createFlatReader, createJournal } from "@trireme/state";
import { createModelHost, storageOperationsArbitrary, testBlock, testTransaction, type StorageOperation } from "@trireme/testing";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createHost } from "./create-host.ts";

const addresses = [0x40, 0x41, 0x42].map((byte) => addressFromBytes(new Uint8Array(20).fill(byte)));

/** Plays the operations and reads every slot that they named after each of them. */
function play(host: Host, operations: readonly StorageOperation[]) {
  const keys = operations.flatMap((operation) => ("key" in operation ? [operation.key] : []));
  const open: Checkpoint[] = [];
  return operations.map((operation) => {
    if (operation.kind === "write") host.setStorage(operation.address, operation.key, operation.value);
    else if (operation.kind === "writeTransient") host.setTransientStorage(operation.address, operation.key, operation.value);
    else if (operation.kind === "clear") host.clearStorage(operation.address);
    else if (operation.kind === "checkpoint") open.push(host.checkpoint());
    else {
      const checkpoint = open.pop();
      if (checkpoint !== undefined) host[operation.kind](checkpoint);
    }
    return addresses.map((address) => ({
      hasStorage: host.hasStorage(address),
      slots: keys.map((key) => bytesToHex(host.getStorage(address, key))),
      transient: keys.map((key) => bytesToHex(host.getTransientStorage(address, key))),
    }));
  });
}

it("storage, cleared, committed and reverted in any order, reads as on the model host", () => {
  fc.assert(
    fc.property(storageOperationsArbitrary, (operations) => {
      const journal = createJournal(createFlatReader(() => undefined));
      journal.beginTransaction();
      const host = createHost({ environments: [], journal, block: testBlock, transaction: testTransaction });
      expect(play(host, operations)).toEqual(play(createModelHost({ environments: [] }), operations));
    }),
    { numRuns: 200, seed: 0x57 },
  );
});

import { concatBytes, encodeDialectEnvelope, pubkeyFromBytes, toAddress, type Address, type Pubkey } from "@trireme/core";
import { evm } from "@trireme/evm";
import { createHost, createHostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, type StateReader } from "@trireme/state";
import { programIds, svm } from "@trireme/svm";
import { expect, it } from "vitest";
import { alice, bob, signed, testDefinition } from "../chain-fixture.mts";
import { contextOf, nextSeed } from "../block/block-seed.ts";
import { blockFromRecord } from "../block/block-record.ts";
import { blockFormats } from "../definition/block-formats.ts";
import { genesisRecord } from "../definition/genesis.ts";
import { compileInstructions, signSolanaMessage, solanaSigner } from "../execution/solana-messages.mts";
import { createAdmission, type Admission } from "./admission.ts";

const wallet = solanaSigner(1);
const [table, program, source, target, unlisted] = [50, 51, 52, 53, 54].map((seed) => pubkeyFromBytes(new Uint8Array(32).fill(seed))) as [
  Pubkey,
  Pubkey,
  Pubkey,
  Pubkey,
  Pubkey,
];
const definition = testDefinition({ environments: [evm(), svm({ programs: [] })] });

/** The state of a chain with a lookup table of these addresses. */
function stateWith(addresses: readonly Pubkey[]): StateReader {
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks: 1 });
  const genesis = genesisRecord(definition);
  world.apply(0n, genesis.diff, genesis.undo);
  const journal = createJournal(world.reader);
  const block = nextContext();
  const host = createHost({ environments: [], journal, block, transaction: { origin: alice.address, gasPrice: 0n, blobHashes: [] } });
  const header = new Uint8Array(56);
  new DataView(header.buffer).setUint32(0, 1, true);
  new DataView(header.buffer).setBigUint64(4, (1n << 64n) - 1n, true);
  const data = concatBytes(header, ...addresses);
  const address = toAddress(table);
  journal.beginTransaction();
  host.setBalance(address, 10n ** 18n);
  host.setSvmRecord(address, { pubkey: table, owner: programIds.addressLookupTable, executable: false, dataLength: data.length });
  host.writeAccountData(address, 0, data);
  journal.endTransaction();
  const { diff, undo } = journal.takeDiff();
  world.apply(1n, diff, undo);
  return world.reader;
}

function nextContext() {
  return contextOf(
    definition,
    nextSeed(
      definition,
      blockFromRecord(genesisRecord(definition), () => undefined),
      2_000_000_000n,
      {},
    ),
  );
}

function admissionOn(state: StateReader): Admission {
  const formats = blockFormats(definition).map(({ create }) => create());
  return createAdmission({
    definition,
    formats,
    executor: createHostExecutor({ environments: [], formats }),
    reader: () => state,
    context: nextContext,
    getBlockHash: () => undefined,
  });
}

function decoded(admission: Admission, raw: Uint8Array) {
  const read = admission.decode(raw);
  if (read.kind === "invalid") throw new Error(read.error.message);
  return read.transaction;
}

const meta = (pubkey: Pubkey, isWritable: boolean) => ({ pubkey, isWritable, isSigner: false });
const shown = (address: Address): string => Buffer.from(address).toString("hex");

it("looks up what a transaction declares in lookup tables, and leaves alone what declares nothing there", () => {
  const admission = admissionOn(stateWith([unlisted, source, target]));
  const instruction = { program, accounts: [meta(source, true), meta(target, false)], data: Uint8Array.of(1) };
  const message = compileInstructions(wallet.pubkey, [instruction], new Uint8Array(32), {
    version: 0,
    tables: [{ key: table, addresses: [unlisted, source, target] }],
  });
  const raw = encodeDialectEnvelope({ dialect: "solana", payload: signSolanaMessage(message, [wallet]) });
  const transaction = decoded(admission, raw);
  const found = admission.lookUp(transaction);
  expect(found).toEqual({ ...transaction, hints: expect.anything() });
  expect(found.hints?.declared?.map(({ address, isWritable }) => [shown(address), isWritable])).toEqual(
    [
      [wallet.pubkey, true],
      [program, false],
      [source, true],
      [target, false],
    ].map(([pubkey, isWritable]) => [shown(toAddress(pubkey as Pubkey)), isWritable]),
  );
  expect(admissionOn(stateWith([unlisted])).lookUp(transaction)).toBe(transaction);
  for (const other of [
    signed(alice, { to: bob.address }),
    encodeDialectEnvelope({
      dialect: "solana",
      payload: signSolanaMessage(compileInstructions(wallet.pubkey, [instruction], new Uint8Array(32)), [wallet]),
    }),
  ]) {
    const plain = decoded(admission, other);
    expect(admission.lookUp(plain)).toBe(plain);
  }
});

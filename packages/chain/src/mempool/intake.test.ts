import { encodeDialectEnvelope, equalBytes, toAddress, type Decoded, type FormatDescriptor, type TransactionFormat } from "@trireme/core";
import { evm } from "@trireme/evm";
import { createHostExecutor } from "@trireme/host";
import { createPreparePool } from "@trireme/scheduler";
import { svm } from "@trireme/svm";
import { afterEach, expect, it } from "vitest";
import type { Chain } from "../chain.ts";
import { alice, bob, carol, createTestChain, ether, gwei, hex, signed, testDefinition } from "../chain-fixture.mts";
import { blockFormats } from "../definition/block-formats.ts";
import { parallel, serial } from "../definition/scheduler.ts";
import { systemTransfer } from "../execution/solana-instructions.mts";
import { compileInstructions, signSolanaMessage, solanaSigner } from "../execution/solana-messages.mts";
import { createAdmission } from "./admission.ts";
import { createIntake, type Intake } from "./intake.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
});

const wallet = solanaSigner(7);
const other = solanaSigner(8);
const environments = [evm(), svm({ programs: [] })];

async function start(scheduler: ReturnType<typeof serial>): Promise<Chain> {
  const chain = await createTestChain({
    scheduler,
    environments,
    mining: { kind: "manual" },
    genesis: { accounts: [alice.address, bob.address, toAddress(wallet.pubkey)].map((address) => ({ address, balance: 1000n * ether })) },
  });
  open.push(chain);
  return chain;
}

function solanaTransfer(lamports: number, blockhash: Uint8Array, isForged = false): Uint8Array {
  const message = compileInstructions(wallet.pubkey, [systemTransfer(wallet.pubkey, other.pubkey, BigInt(lamports))], blockhash);
  const payload = signSolanaMessage(message, [wallet]);
  if (isForged) payload[10] = (payload[10] as number) ^ 1;
  return encodeDialectEnvelope({ dialect: "solana", payload });
}

/** Good ones of both dialects, and what is refused for every sort of reason: bytes, signature, chain, size, state, mempool. */
function arrivals(blockhash: Uint8Array): Uint8Array[] {
  const good = Array.from({ length: 40 }, (_, index) =>
    index % 4 === 3
      ? solanaTransfer(index + 1_000_000, blockhash)
      : index % 2 === 0
        ? signed(alice, { nonce: BigInt(index / 2), to: carol.address, value: BigInt(index) })
        : signed(bob, { nonce: BigInt(index >> 2), to: carol.address, value: BigInt(index) }),
  );
  const truncated = good[0]?.subarray(0, 60) as Uint8Array;
  return [
    ...good.slice(0, 20),
    new Uint8Array(0),
    Uint8Array.of(0x55, 1, 2),
    truncated,
    new Uint8Array(200_000).fill(2),
    new Uint8Array(2_000).fill(0xff),
    solanaTransfer(5, blockhash, true),
    signed(alice, { nonce: 50n, chainId: 5n, to: bob.address }),
    signed(carol, { to: bob.address, value: 1n }),
    good[1] as Uint8Array,
    signed(alice, { nonce: 0n, to: bob.address, maxFeePerGas: 30n * gwei, maxPriorityFeePerGas: 3n * gwei }),
    ...good.slice(20),
  ];
}

it("gives what a serial chain gives: results, errors, the order of the mempool, the block", async () => {
  const chains = [await start(serial()), await start(parallel({ workers: 2, always: true }))] as const;
  const [one, two] = chains;
  const raws = arrivals(one.head.hash);
  const [expected, got] = await Promise.all(chains.map((chain) => Promise.all(raws.map((raw) => chain.submit(raw)))));
  expect(got).toEqual(expected);
  expect(expected?.filter(({ kind }) => kind === "rejected")).toHaveLength(9);
  expect(two.mempool.pending).toEqual(one.mempool.pending);
  expect(two.mempool.queued).toEqual(one.mempool.queued);
  for (const chain of chains) await chain.dev?.mine();
  expect(two.head.transactions.length).toBeGreaterThan(30);
  expect(hex(two.head.hash)).toBe(hex(one.head.hash));
});

it("takes what was submitted before the chain is closed", async () => {
  const chain = await createTestChain({ scheduler: parallel({ workers: 2, always: true }), mining: { kind: "auto" } });
  const results = Array.from({ length: 60 }, (_, index) => chain.submit(signed(alice, { nonce: BigInt(index), to: bob.address })));
  await chain.close();
  for (const result of await Promise.all(results)) expect(result.kind).toBe("accepted");
  expect(chain.head.header.gasUsed).toBeGreaterThan(0n);
});

/** An intake, and how often its formats checked something on the calling thread. */
function intakeOf(change: (format: TransactionFormat) => Partial<TransactionFormat> = () => ({})): {
  intake: Intake;
  checkedHere: () => number;
} {
  const definition = testDefinition({ environments });
  let checkedHere = 0;
  const descriptors = blockFormats(definition).map((descriptor): FormatDescriptor => {
    const create = (): TransactionFormat => {
      const format = descriptor.create();
      const changed = { ...format, ...change(format) };
      return { ...changed, decode: (raw, rules) => (checkedHere++, changed.decode(raw, rules)) };
    };
    return { ...descriptor, create };
  });
  const formats = descriptors.map(({ create }) => create());
  const absent = (): never => {
    throw new Error("expected nobody to look at the state");
  };
  const admission = createAdmission({
    definition,
    formats,
    executor: createHostExecutor({ environments: [], formats }),
    reader: absent,
    context: absent,
    getBlockHash: absent,
  });
  const pool = createPreparePool({ formats: descriptors, rules: { chainId: 1337n }, workers: 1, worksHere: false });
  const intake = createIntake(admission, pool);
  open.push(intake);
  return { intake, checkedHere: () => checkedHere };
}

it("reads a lone one at once, and what arrives with others on a thread", async () => {
  const { intake, checkedHere } = intakeOf();
  const some = Array.from({ length: 12 }, (_, index) => signed(alice, { nonce: BigInt(index), to: bob.address }));
  const raws = Array.from({ length: 1_500 }, (_, index) => some[index % some.length] as Uint8Array);
  const lone = intake.decode(raws[0] as Uint8Array);
  expect(lone).toMatchObject({ kind: "decoded" });
  await new Promise((resolve) => setImmediate(resolve));
  expect(intake.decode(raws[0] as Uint8Array)).toEqual(lone);
  const order: number[] = [];
  const decoded = await Promise.all(
    raws.map(async (raw, index): Promise<Decoded> => {
      const read = await intake.decode(raw);
      order.push(index);
      return read;
    }),
  );
  expect(checkedHere()).toBe(2);
  expect(order).toEqual(raws.map((_, index) => index));
  expect(decoded.map((read) => (read.kind === "decoded" ? read.transaction.raw : undefined))).toEqual(raws);
});

it("does not mind what becomes of the bytes that it was given", async () => {
  const { intake } = intakeOf();
  const raws = Array.from({ length: 12 }, (_, index) => signed(alice, { nonce: BigInt(index), to: bob.address }));
  const reads = raws.map(async (raw) => intake.decode(raw));
  for (const raw of raws) raw.fill(0);
  for (const read of await Promise.all(reads)) expect(read.kind).toBe("decoded");
});

it("gives a format's fault to the transaction that it is of", async () => {
  const raws = Array.from({ length: 12 }, (_, index) => signed(alice, { nonce: BigInt(index), to: bob.address }));
  const fail = (raw: Uint8Array): void => {
    if (equalBytes(raw, raws[5] as Uint8Array)) throw new RangeError("a fault of the format");
  };
  const { intake } = intakeOf(({ decode, decodeKnown }) => ({
    decode: (raw, rules) => (fail(raw), decode(raw, rules)),
    ...(decodeKnown === undefined ? {} : { decodeKnown: (raw, ...rest) => (fail(raw), decodeKnown(raw, ...rest)) }),
  }));
  const reads = await Promise.allSettled(raws.map(async (raw) => intake.decode(raw)));
  expect(reads.map(({ status }) => status)).toEqual(raws.map((_, index) => (index === 5 ? "rejected" : "fulfilled")));
});

it("reads ahead what is announced, and forgets what does not come", async () => {
  const { intake, checkedHere } = intakeOf();
  const raws = Array.from({ length: 12 }, (_, index) => signed(alice, { nonce: BigInt(index), to: bob.address }));
  const forget = intake.readAhead([...raws, Uint8Array.of(0x55)]);
  // One after the other, as whoever sends them waits for each answer.
  for (const raw of raws.slice(0, 10)) {
    const read = await intake.decode(raw);
    expect(read).toMatchObject({ kind: "decoded", transaction: { raw } });
  }
  expect(await intake.decode(Uint8Array.of(0x55))).toMatchObject({ kind: "invalid", error: { code: "unknownDialect" } });
  expect(checkedHere()).toBe(0);
  forget();
  expect(await intake.decode(raws[11] as Uint8Array)).toMatchObject({ kind: "decoded" });
  expect(checkedHere()).toBe(1);
});

it("reads on the calling thread what arrives while too many bytes wait, and keeps the order", async () => {
  const { intake, checkedHere } = intakeOf();
  const raw = signed(alice, { to: bob.address, data: new Uint8Array(120_000), gasLimit: 10_000_000n });
  const small = signed(alice, { to: bob.address });
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 180 }, async (_, index) => {
      const read = await intake.decode(index === 179 ? small : raw);
      expect(read.kind).toBe("decoded");
      order.push(index);
    }),
  );
  expect(order).toEqual(Array.from({ length: 180 }, (_, index) => index));
  // The first one and those beyond 16 MiB; of the rest perhaps a last few, who make no batch.
  expect(checkedHere()).toBeGreaterThanOrEqual(40);
  expect(checkedHere()).toBeLessThan(48);
});

/** Random sequences of signed transactions on a chain and on litesvm. */
import type { Instruction, Pubkey } from "@trireme/core";
import type { MessageConfig, MessageVersion } from "@trireme/svm";
import * as ix from "./solana-instructions.mts";
import { compileInstructions, signSolanaMessage, type SolanaSigner } from "./solana-messages.mts";
import { createRandom, type Random } from "./solana-random.mts";
import { randomStep, type Step } from "./solana-steps.mts";
import { createSolanaWorld, type SolanaWorld } from "./solana-world.mts";

/** What a run of sequences came to. */
export interface SequenceReport {
  readonly transactions: number;
  readonly instructions: number;
  readonly succeeded: number;
  /** How often each kind of step and of error came. */
  readonly steps: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  readonly versions: ReadonlyMap<string, number>;
  /** The first difference, with what makes it again. */
  readonly difference: string | undefined;
}

/** Runs one sequence of so many transactions; stops at the first difference. */
export function runSequence(seed: number, length: number, engine: "compiler" | "interpreter"): SequenceReport {
  const random = createRandom(seed);
  const world = createSolanaWorld(random, engine);
  const steps = new Map<string, number>();
  const errors = new Map<string, number>();
  const versions = new Map<string, number>();
  const count = (map: Map<string, number>, name: string, by = 1): void => void map.set(name, (map.get(name) ?? 0) + by);
  let [transactions, instructions, succeeded] = [0, 0, 0];
  let wire: Uint8Array | undefined;
  let difference: string | undefined;
  for (; transactions < length && difference === undefined; transactions++) {
    if (random.percent(25)) {
      world.twins.nextBlock(random.percent(10) ? 3 : 1);
      // litesvm takes the latest blockhash only: a message of an earlier block is too old there.
      wire = undefined;
    }
    const isRepeated = wire !== undefined && random.percent(2);
    const next =
      isRepeated && wire !== undefined ? { wire, steps: [], size: 0, version: "again", nonce: undefined } : randomTransaction(world);
    wire = next.wire;
    const result = world.twins.send(wire);
    const { error } = result.ours;
    ({ difference } = result);
    // litesvm moves a nonce on from the message's own blockhash, and not at all where the transaction fails.
    if (next.nonce !== undefined) world.twins.copyToOracle(next.nonce);
    difference ??= world.twins.compareAll()[0];
    if (difference !== undefined)
      difference += `\nof ${next.steps.map(({ name }) => name).join(", ")} (${next.version}), transaction ${transactions}, seed ${seed}`;
    count(versions, String(next.version));
    instructions += next.size;
    if (error === undefined) {
      succeeded += next.size;
      for (const step of next.steps) step.done?.();
    } else {
      count(errors, nameOf(error));
      if (typeof error === "object" && "InstructionError" in error) succeeded += error.InstructionError[0];
    }
    for (const { name, instructions: list } of next.steps) count(steps, name, list.length);
  }
  return { transactions, instructions, succeeded, steps, errors, versions, difference };
}

/** Puts reports together. */
export function sumSequences(reports: readonly SequenceReport[]): SequenceReport {
  const sum = (field: "transactions" | "instructions" | "succeeded"): number => reports.reduce((all, report) => all + report[field], 0);
  const merge = (field: "steps" | "errors" | "versions"): ReadonlyMap<string, number> => {
    const all = new Map<string, number>();
    for (const report of reports) for (const [name, times] of report[field]) all.set(name, (all.get(name) ?? 0) + times);
    return new Map([...all].toSorted((left, right) => right[1] - left[1]));
  };
  return {
    transactions: sum("transactions"),
    instructions: sum("instructions"),
    succeeded: sum("succeeded"),
    steps: merge("steps"),
    errors: merge("errors"),
    versions: merge("versions"),
    difference: reports.find((report) => report.difference !== undefined)?.difference,
  };
}

/** One line for each distribution. */
export function describeSequences({ transactions, instructions, succeeded, steps, errors, versions }: SequenceReport): string {
  const list = (map: ReadonlyMap<string, number>): string => [...map].map(([name, times]) => `${name} ${times}`).join(", ");
  const share = ((100 * succeeded) / instructions).toFixed(1);
  return `${transactions} transactions (${list(versions)}), ${instructions} instructions, ${share} % succeeded\n  steps: ${list(steps)}\n  errors: ${list(errors)}`;
}

/** A signed transaction. */
export interface RandomTransaction {
  readonly wire: Uint8Array;
  readonly steps: readonly Step[];
  /** Number of instructions. */
  readonly size: number;
  readonly version: MessageVersion | "again";
  /** The nonce account whose nonce stands for the blockhash. */
  readonly nonce: Pubkey | undefined;
}

const maxWireLength = { legacy: 1232, 0: 1232, 1: 4096 } as const;

/** A transaction of one to three steps, most of them good. */
export function randomTransaction(world: SolanaWorld): RandomTransaction {
  const { random, twins } = world;
  for (;;) {
    const payer = random.percent(3) ? random.pick(world.poor) : random.pick(world.wallets);
    const steps = Array.from({ length: 1 + random.below(3) }, () => randomStep(world, payer));
    const version = random.pick<MessageVersion>(["legacy", "legacy", 0, 0, 1]);
    const heap = steps.find((step) => step.heap !== undefined)?.heap;
    let list = steps.flatMap(({ instructions }) => instructions);
    if (random.percent(15)) list = damaged(list, world, random);
    // In such a message, litesvm's other nonce instructions take its nonce for the newest blockhash too.
    const nonce = random.percent(6) && !steps.some(({ name }) => name === "nonce") ? nonceOf(world) : undefined;
    const advance = nonce === undefined ? [] : [ix.nonceAdvance(nonce.key, nonce.authority.pubkey)];
    // One refusal at a time: the order in which checks are made is free, and ours begins with those that need no state.
    const isStale = nonce === undefined && random.percent(2);
    const blockhash = nonce?.value ?? (isStale ? random.bytes(32) : twins.blockhash);
    const all = [...advance, ...(version === 1 || isStale || nonce !== undefined ? [] : budgetOf(random, heap)), ...list];
    const tables = world.tables.filter(({ lastChange }) => lastChange < twins.slot);
    const message = compileInstructions(payer.pubkey, all, blockhash, { version, tables, config: configOf(random, heap) });
    const signers = message.staticAccounts.slice(0, message.requiredSignatures).map(world.signerOf);
    if (message.requiredSignatures > 12 || message.staticAccounts.length > 60) continue;
    const isUnsigned = !isStale && random.percent(1);
    const wire = signSolanaMessage(message, isUnsigned ? [] : signers.filter((each): each is SolanaSigner => each !== undefined));
    if (wire.length <= maxWireLength[version]) return { wire, steps, size: all.length, version, nonce: nonce?.key };
  }
}

function nonceOf({ nonces, random, twins }: SolanaWorld): { key: Pubkey; authority: SolanaSigner; value: Uint8Array } | undefined {
  if (nonces.length === 0) return undefined;
  const { key, authority } = random.pick(nonces);
  const data = twins.account(key)?.data;
  return data?.length === 80 ? { key, authority, value: data.slice(40, 72) } : undefined;
}

function budgetOf(random: Random, heap: number | undefined): readonly Instruction[] {
  return [
    ...(heap === undefined ? [] : [ix.budgetHeap(heap)]),
    ...(random.percent(20) ? [ix.budgetUnits(random.percent(80) ? 400_000 + random.below(2_000_000) : random.below(3000))] : []),
    ...(random.percent(20) ? [ix.budgetPrice(BigInt(random.below(5_000_000)))] : []),
    ...(random.percent(5) ? [ix.budgetLoaded(30_000_000)] : []),
    ...(random.percent(1) ? [ix.budgetUnits(5), ix.budgetUnits(6)] : []),
    ...(random.percent(1) ? [ix.budgetHeap(33_000)] : []),
  ];
}

function configOf(random: Random, heap: number | undefined): MessageConfig {
  return {
    priorityFee: random.percent(50) ? BigInt(random.below(10_000)) : undefined,
    computeUnitLimit: 600_000 + random.below(800_000),
    loadedAccountsDataSizeLimit: 60_000_000,
    heapLength: heap,
  };
}

/** One thing wrong with one instruction. */
function damaged(list: readonly Instruction[], world: SolanaWorld, random: Random): Instruction[] {
  const at = random.below(list.length);
  return list.map((each, index) => {
    if (index !== at) return each;
    const place = random.below(Math.max(1, each.accounts.length));
    const change = (to: (meta: Instruction["accounts"][number]) => Instruction["accounts"][number]): Instruction => ({
      ...each,
      accounts: each.accounts.map((meta, index_) => (index_ === place ? to(meta) : meta)),
    });
    switch (random.below(7)) {
      case 0:
        return change((meta) => ({ ...meta, isSigner: false }));
      case 1:
        return change((meta) => ({ ...meta, isWritable: !meta.isWritable }));
      case 2:
        return change((meta) => ({ ...meta, pubkey: random.pick(world.wallets).pubkey }));
      case 3:
        return { ...each, accounts: each.accounts.slice(0, -1) };
      case 4:
        return { ...each, data: each.data.slice(0, random.below(each.data.length + 1)) };
      case 5:
        return {
          ...each,
          program: random.pick([
            ...world.programs,
            ix.splToken,
            ix.token2022,
            world.freshSigner().pubkey,
            random.pick(world.wallets).pubkey,
          ]),
        };
      default: {
        const data = each.data.slice();
        if (data.length > 0) data[random.below(data.length)] = random.below(256);
        return { ...each, data };
      }
    }
  });
}

function nameOf(error: object | string): string {
  if (typeof error === "string") return error;
  if ("InstructionError" in error) {
    const [, inner] = error.InstructionError as readonly [number, string | object];
    return typeof inner === "string" ? inner : "Custom";
  }
  return Object.keys(error)[0] as string;
}

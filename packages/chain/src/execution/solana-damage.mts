/** Transactions with damaged bytes, on a chain and on litesvm. */
import { decodeWire, encodeMessage, encodeWire } from "@trireme/svm";
import { createRandom, type Random } from "./solana-random.mts";
import { randomTransaction } from "./solana-sequence.mts";
import { createSolanaWorld, type SolanaWorld } from "./solana-world.mts";

/** What came of damaged transactions. */
export interface DamageReport {
  readonly transactions: number;
  /** By what the chain said: an error's name, `success`. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly difference: string | undefined;
}

/** Sends damaged transactions; a throw is the caller's to see. */
export function runDamaged(seed: number, length: number, engine: "compiler" | "interpreter"): DamageReport {
  const random = createRandom(seed);
  const world = createSolanaWorld(random, engine);
  const outcomes = new Map<string, number>();
  let transactions = 0;
  let difference: string | undefined;
  for (; transactions < length && difference === undefined; transactions++) {
    if (random.percent(10)) world.twins.nextBlock();
    const next = randomTransaction(world);
    const isGood = random.percent(20);
    const wire = isGood ? next.wire : random.percent(70) ? resigned(next.wire, world, random) : damagedBytes(next.wire, random);
    const result = world.twins.send(wire, !isGood);
    const { error } = result.ours;
    if (next.nonce !== undefined) world.twins.copyToOracle(next.nonce);
    difference = result.difference ?? world.twins.compareAll()[0];
    if (difference !== undefined) difference += `\nof ${Buffer.from(wire).toString("hex")}\ntransaction ${transactions}, seed ${seed}`;
    const name = error === undefined ? "success" : typeof error === "string" ? error : (Object.keys(error)[0] as string);
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    if (isGood && error === undefined) for (const step of next.steps) step.done?.();
  }
  return { transactions, outcomes, difference };
}

/** Bytes anywhere: mostly a matter of the signature. */
function damagedBytes(wire: Uint8Array, random: Random): Uint8Array {
  const bytes = Uint8Array.from(wire);
  switch (random.below(4)) {
    case 0:
      return bytes.slice(0, random.below(bytes.length));
    case 1:
      return Uint8Array.from([...bytes, ...random.bytes(1 + random.below(4))]);
    case 2:
      return random.bytes(random.below(1300));
    default:
      bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
  }
}

/** Bytes of the message, which its signers then sign: what lies behind the signatures is reached. */
function resigned(wire: Uint8Array, world: SolanaWorld, random: Random): Uint8Array {
  const decoded = decodeWire(wire);
  if (decoded.kind === "invalid") return wire;
  const { message } = decoded.wire;
  const bytes = encodeMessage(message);
  const keys = message.staticAccounts.slice(0, message.requiredSignatures);
  for (let changes = 1 + random.below(2); changes > 0; changes--) {
    // Keys and the blockhash are most of the bytes; damage to them says little.
    const place = random.percent(50)
      ? random.below(Math.min(8, bytes.length))
      : bytes.length - 1 - random.below(Math.min(60, bytes.length));
    bytes[place] = random.percent(50) ? (bytes[place] as number) ^ (1 << random.below(8)) : random.below(256);
  }
  const signatures = keys.map((key) => world.signerOf(key)?.sign(bytes) ?? new Uint8Array(64));
  return encodeWire(signatures, bytes);
}

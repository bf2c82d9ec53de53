/** From the bytes that stand in a block to a transaction: everything that needs no state, signatures included. */
import {
  dialectTransactionType,
  equalBytes,
  hasPrefix,
  isTaggedPubkey,
  keccak256,
  pubkeyToBase58,
  TriremeError,
  weiPerLamport,
  type Decoded,
  type DeclaredAccount,
  type DeclaredSlot,
  type Hash,
  type Host,
  type Pubkey,
} from "@trireme/core";
import { verifyEd25519 } from "../crypto/ed25519.ts";
import { programIds } from "../known-keys.ts";
import { programIndexSlots } from "../programs/program-index.ts";
import { addressOf } from "../runtime/pubkey-names.ts";
import { lamportsPerSignature } from "../sysvars/recent-blockhashes.ts";
import { computeBudgetOf, type ComputeBudget } from "./compute-budget.ts";
import { decodeWire } from "./decode-wire.ts";
import { windowAddresses } from "./history-window.ts";
import { resolveLookups } from "./lookup-tables.ts";
import { messageAccounts, type LoadedAddresses } from "./message-accounts.ts";
import { planMessage } from "./message-plan.ts";
import { sanitize } from "./sanitize.ts";
import type { SolanaMessage, WireTransaction } from "./solana-message.ts";
import { refusal, type MessageAccount, type SolanaTransaction } from "./solana-transaction.ts";

/** Name of the dialect, in its envelope too. */
export const solanaDialect = "solana";

/** What an enveloped transaction begins with (`encodeDialectEnvelope`). */
export const envelopeStart: Uint8Array = Uint8Array.of(
  dialectTransactionType,
  solanaDialect.length,
  ...new TextEncoder().encode(solanaDialect),
);

/** Costs outside of execution, in units of a block's room: Agave's cost model. */
const SIGNATURE_UNITS = 720;
const WRITE_LOCK_UNITS = 300;
const DATA_BYTES_PER_UNIT = 4;
const MAX_LOCKS = 64;

const nothingLoaded: LoadedAddresses = { writable: [], readonly: [] };
/** Units that one signature costs which the program verifies. */
const precompiles: readonly (readonly [Pubkey, number])[] = [
  [programIds.ed25519, 2_400],
  [programIds.secp256k1, 6_690],
  [programIds.secp256r1, 4_800],
];

/** What a decoder may leave out. */
export interface DecodeOptions {
  /** Whether signatures are checked; simulations may do without. */
  readonly verifiesSignatures: boolean;
}

/** Reads an enveloped transaction. Total: any bytes give a value. */
export function decodeSolanaTransaction(
  raw: Uint8Array,
  options: DecodeOptions = { verifiesSignatures: true },
): Decoded<SolanaTransaction> {
  if (!hasPrefix(raw, envelopeStart))
    return { kind: "invalid", error: refusal("SanitizeFailure", "expected an envelope of the dialect solana") };
  const decoded = decodeWire(raw.subarray(envelopeStart.length));
  if (decoded.kind === "invalid") {
    return {
      kind: "invalid",
      error: refusal(decoded.isVersionUnknown === true ? "UnsupportedVersion" : "SanitizeFailure", decoded.message),
    };
  }
  const { wire } = decoded;
  const malformed = sanitize(wire);
  if (malformed !== undefined) return { kind: "invalid", error: refusal("SanitizeFailure", malformed) };
  const unsigned = options.verifiesSignatures ? firstBadSignature(wire) : undefined;
  if (unsigned !== undefined)
    return { kind: "invalid", error: refusal("SignatureFailure", `expected a signature of ${pubkeyToBase58(unsigned)}`) };
  const count = wire.message.staticAccounts.length + countLookups(wire.message);
  if (count > MAX_LOCKS)
    return { kind: "invalid", error: refusal("TooManyAccountLocks", `expected at most ${MAX_LOCKS} accounts, got ${count}`) };
  const budget = computeBudgetOf(wire.message);
  if ("error" in budget) return { kind: "invalid", error: refusal(budget.error) };
  return { kind: "decoded", transaction: buildTransaction(raw, wire, budget) };
}

/**
 * What `decodeSolanaTransaction` gave for bytes that were decoded before: nothing is checked again.
 * @throws TriremeError `INVALID_ENCODING`
 */
export function decodeKnownSolanaTransaction(raw: Uint8Array, hash?: Hash): SolanaTransaction {
  const decoded = decodeWire(raw.subarray(envelopeStart.length));
  if (decoded.kind === "invalid") throw unknown(decoded.message);
  const budget = computeBudgetOf(decoded.wire.message);
  if ("error" in budget) throw unknown(refusal(budget.error).message);
  return buildTransaction(raw, decoded.wire, budget, hash);
}

function unknown(got: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", `expected bytes that were decoded before, got others: ${got}`);
}

function buildTransaction(raw: Uint8Array, wire: WireTransaction, budget: ComputeBudget, hash = keccak256(raw) as Hash): SolanaTransaction {
  const { message, messageBytes, signatures } = wire;
  const messageHash = keccak256(messageBytes);
  const sender = addressOf(message.staticAccounts[0] as Pubkey);
  const plan = message.lookups.length === 0 ? planMessage(message, nothingLoaded, sender, BigInt(budget.computeUnitLimit)) : undefined;
  const accounts = plan?.accounts ?? messageAccounts(message, nothingLoaded);
  const signatureFee = lamportsPerSignature * BigInt(message.requiredSignatures + precompileSignatures(message));
  const gasLimit = BigInt(budget.computeUnitLimit + intrinsicUnits(wire, accounts));
  const pricePerGas = ((signatureFee + budget.priorityFee) * weiPerLamport) / gasLimit;
  return {
    format: solanaDialect,
    raw,
    hash,
    alias: solanaAlias(signatures[0] as Uint8Array),
    sender,
    nonce: undefined,
    gasLimit,
    maxFeePerGas: pricePerGas,
    maxPriorityFeePerGas: pricePerGas,
    isExemptFromBaseFee: true,
    blobGas: 0n,
    declared: plan === undefined ? undefined : declaredOf(accounts),
    declaredSlots: [...windowAddresses.map((address) => ({ address, key: messageHash })), ...programSlotsOf(accounts)],
    wire,
    id: signatures[0] as Uint8Array,
    messageHash,
    budget,
    signatureFee,
    plan,
  };
}

/** Key under which a chain finds a transaction by its Solana id (64 bytes). */
export function solanaAlias(id: Uint8Array): Hash {
  return keccak256(id) as Hash;
}

/** The second step: lookup tables, from the state that `host` shows. */
export function resolveSolanaTransaction(transaction: SolanaTransaction, host: Host): Decoded<SolanaTransaction> {
  const { message } = transaction.wire;
  if (transaction.declared !== undefined) return { kind: "decoded", transaction };
  const lookups = resolveLookups(message.lookups, host);
  if (lookups.kind === "invalid") return { kind: "invalid", error: refusal(lookups.error, undefined, true) };
  const accounts = messageAccounts(message, lookups.loaded);
  const windowSlots = (transaction.declaredSlots ?? []).slice(0, windowAddresses.length);
  const declaredSlots = [...windowSlots, ...programSlotsOf(accounts)];
  return { kind: "decoded", transaction: { ...transaction, declared: declaredOf(accounts), declaredSlots } };
}

/** What the loader notes of programs that it deploys, upgrades, extends or closes: the message names it, and them writable. */
function programSlotsOf(accounts: readonly MessageAccount[]): readonly DeclaredSlot[] {
  if (!accounts.some(({ pubkey }) => equalBytes(pubkey, programIds.loaderV3))) return [];
  return accounts.filter(({ isWritable }) => isWritable).flatMap(({ address }) => programIndexSlots(address));
}

/** Units that a transaction takes of a block's room beside what it executes. */
export function intrinsicUnits({ message }: WireTransaction, accounts: readonly MessageAccount[]): number {
  let dataLength = 0;
  for (const { data } of message.instructions) dataLength += data.length;
  const locks = accounts.reduce((count, { isWritable }) => (isWritable ? count + 1 : count), 0);
  const signatures = SIGNATURE_UNITS * message.requiredSignatures + countPrecompiled(message, (units) => units);
  const looked = message.lookups.reduce((count, { writableIndices }) => count + writableIndices.length, 0);
  return signatures + WRITE_LOCK_UNITS * (locks + looked) + Math.ceil(dataLength / DATA_BYTES_PER_UNIT);
}

/** Each account of the state once, writable where any of its names is. */
function declaredOf(accounts: readonly MessageAccount[]): readonly DeclaredAccount[] {
  return accounts.map(({ address, isWritable }) => ({ address, isWritable }));
}

/** The first signer whose signature does not hold; a tagged pubkey never signs (rule 2). */
function firstBadSignature({ signatures, message, messageBytes }: WireTransaction): Pubkey | undefined {
  for (const [index, signature] of signatures.entries()) {
    const signer = message.staticAccounts[index] as Pubkey;
    if (isTaggedPubkey(signer) || !verifyEd25519(messageBytes, signature, signer)) return signer;
  }
  return undefined;
}

/** Signatures that precompile instructions of the message verify: their first byte counts them. */
export function precompileSignatures(message: SolanaMessage): number {
  return countPrecompiled(message, () => 1);
}

function countPrecompiled({ instructions, staticAccounts }: SolanaMessage, weigh: (units: number) => number): number {
  let sum = 0;
  for (const { programIndex, data } of instructions) {
    const program = staticAccounts[programIndex] as Pubkey;
    const precompile = precompiles.find(([id]) => equalBytes(id, program));
    if (precompile !== undefined) sum += (data[0] ?? 0) * weigh(precompile[1]);
  }
  return sum;
}

function countLookups({ lookups }: SolanaMessage): number {
  return lookups.reduce((count, { writableIndices, readonlyIndices }) => count + writableIndices.length + readonlyIndices.length, 0);
}

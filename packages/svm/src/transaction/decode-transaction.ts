/** From the bytes that stand in a block to a transaction: everything that needs no state, signatures included. */
import {
  dialectTransactionType,
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
import { samePubkey } from "../runtime/pubkey-names.ts";
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
  const decoded = decodeWire(raw, envelopeStart.length);
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
  const decoded = decodeWire(raw, envelopeStart.length);
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
  const plan = message.lookups.length === 0 ? planMessage(message, nothingLoaded, BigInt(budget.computeUnitLimit)) : undefined;
  const accounts = plan?.accounts ?? messageAccounts(message, nothingLoaded);
  const signatureFee = lamportsPerSignature * BigInt(message.requiredSignatures + precompileSignatures(message));
  const gasLimit = BigInt(budget.computeUnitLimit + intrinsicUnits(wire, accounts));
  const pricePerGas = ((signatureFee + budget.priorityFee) * weiPerLamport) / gasLimit;
  const transaction: SolanaTransaction = {
    format: solanaDialect,
    raw,
    hash,
    sender: (accounts[0] as MessageAccount).address,
    nonce: undefined,
    gasLimit,
    maxFeePerGas: pricePerGas,
    maxPriorityFeePerGas: pricePerGas,
    isExemptFromBaseFee: true,
    blobGas: 0n,
    declared: plan === undefined ? undefined : declaredOf(accounts),
    declaredSlots: declaredSlotsOf(messageHash, accounts),
    wire,
    id: signatures[0] as Uint8Array,
    messageHash,
    budget,
    signatureFee,
    plan,
  };
  return Object.defineProperty(transaction, "alias", lazyAlias);
}

/** Of all transactions that are run few are ever looked up: the alias is worked out when it is first asked for. */
const lazyAlias: PropertyDescriptor & ThisType<SolanaTransaction> = {
  enumerable: true,
  configurable: true,
  get() {
    const value = solanaAlias(this.id);
    Object.defineProperty(this, "alias", { value, enumerable: true, configurable: true, writable: true });
    return value;
  },
};

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
  const declaredSlots = declaredSlotsOf(transaction.messageHash, accounts);
  return { kind: "decoded", transaction: { ...transaction, declared: declaredOf(accounts), declaredSlots } };
}

/**
 * Where its message is remembered, and what the loader notes of programs that it deploys, upgrades, extends or closes: the message
 * names the loader, and them writable.
 */
function declaredSlotsOf(messageHash: Uint8Array, accounts: readonly MessageAccount[]): readonly DeclaredSlot[] {
  const [even, odd] = windowAddresses;
  const slots: DeclaredSlot[] = [
    { address: even, key: messageHash },
    { address: odd, key: messageHash },
  ];
  if (!namesLoader(accounts)) return slots;
  for (const { address, isWritable } of accounts) if (isWritable) slots.push(...programIndexSlots(address));
  return slots;
}

function namesLoader(accounts: readonly MessageAccount[]): boolean {
  for (const { pubkey } of accounts) if (samePubkey(pubkey, programIds.loaderV3)) return true;
  return false;
}

/** Units that a transaction takes of a block's room beside what it executes. */
export function intrinsicUnits({ message }: WireTransaction, accounts: readonly MessageAccount[]): number {
  let dataLength = 0;
  for (const { data } of message.instructions) dataLength += data.length;
  let locks = 0;
  for (const { isWritable } of accounts) if (isWritable) locks++;
  for (const { writableIndices } of message.lookups) locks += writableIndices.length;
  const signatures = SIGNATURE_UNITS * message.requiredSignatures + countPrecompiled(message, (units) => units);
  return signatures + WRITE_LOCK_UNITS * locks + Math.ceil(dataLength / DATA_BYTES_PER_UNIT);
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
    for (const [id, units] of precompiles) if (samePubkey(id, program)) sum += (data[0] ?? 0) * weigh(units);
  }
  return sum;
}

function countLookups({ lookups }: SolanaMessage): number {
  return lookups.reduce((count, { writableIndices, readonlyIndices }) => count + writableIndices.length + readonlyIndices.length, 0);
}

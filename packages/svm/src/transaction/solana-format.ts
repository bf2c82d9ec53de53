/** Solana's dialect: what a transaction must satisfy, pays, and leaves behind. */
import {
  equalBytes,
  gasLeftOf,
  hasPrefix,
  isTaggedPubkey,
  systemProgram,
  weiPerLamport,
  type Address,
  type BlockContext,
  type BlockRoom,
  type ExecutionResult,
  type Hash,
  type Host,
  type Pubkey,
  type Settlement,
  type TransactionFormat,
} from "@trireme/core";
import type { InstructionError } from "../errors/instruction-error.ts";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { programIds } from "../known-keys.ts";
import { isFixedAddress } from "../programs/native-programs.ts";
import { transactionRecord, type InnerInstruction } from "../runtime/transaction-record.ts";
import { lamportsPerSignature } from "../sysvars/recent-blockhashes.ts";
import {
  decodeKnownSolanaTransaction,
  decodeSolanaTransaction,
  envelopeStart,
  resolveSolanaTransaction,
  solanaDialect,
} from "./decode-transaction.ts";
import { findNonceUse } from "./durable-nonce.ts";
import { checkFeePayer } from "./fee-payer.ts";
import { isProcessed, isRecentBlockhash, openWindow, recordMessage, writeWindowGenesis } from "./history-window.ts";
import { checkLoading } from "./loaded-size.ts";
import { resolveLookups } from "./lookup-tables.ts";
import { planMessage, type MessagePlan } from "./message-plan.ts";
import type { Balances, PreparedSolanaTransaction } from "./prepared-transaction.ts";
import { encodeSolanaReceipt, type CompiledInnerInstruction, type TokenBalance } from "./solana-receipt.ts";
import type { SolanaTransactionContext } from "./solana-transaction-context.ts";
import { refusal, type MessageAccount, type SolanaRefusal, type SolanaTransaction } from "./solana-transaction.ts";
import { tokenBalances } from "./token-balances.ts";

/** Makes the format of signed Solana transactions: legacy, version 0 and version 1. */
export function createSolanaFormat(): TransactionFormat<SolanaTransaction, PreparedSolanaTransaction> {
  return {
    id: solanaDialect,
    recognizes: (raw) => raw.length > envelopeStart.length && hasPrefix(raw, envelopeStart),
    decode: (raw) => decodeSolanaTransaction(raw),
    decodeKnown: (raw, _rules, _sender, hash) => decodeKnownSolanaTransaction(raw, hash),
    resolve: resolveSolanaTransaction,
    prepare,
    charge,
    settle,
    writeGenesis: writeWindowGenesis,
    beginBlock: openWindow,
  };
}

type Refused = { readonly kind: "invalid"; readonly error: SolanaRefusal | { readonly code: string; readonly message: string } };

function refused(error: SolanaTransactionError, detail?: string, isTemporary = false): Refused {
  return { kind: "invalid", error: refusal(error, detail, isTemporary) };
}

/** In the order of Agave's bank: tables, locks, age, status cache, fee payer, loading. */
function prepare(transaction: SolanaTransaction, host: Host, block: BlockContext, room: BlockRoom): PreparedSolanaTransaction | Refused {
  if (transaction.gasLimit > room.gasLeft) {
    const message = `expected a gas limit within the block's ${room.gasLeft} gas left, got ${transaction.gasLimit}`;
    return { kind: "invalid", error: { code: "gasLimitReached", message, isTemporary: true } as SolanaRefusal };
  }
  const { message } = transaction.wire;
  const plan = transaction.plan ?? planWithTables(transaction, host);
  if ("kind" in plan) return plan;
  const { accounts, frames } = plan;
  if (plan.hasDuplicates) return refused("AccountLoadedTwice");
  const isRecent = isRecentBlockhash(message.blockhash, host);
  const nonce = isRecent ? undefined : findNonceUse(message, accounts, host);
  if (nonce === undefined && !isRecent) return refused("BlockhashNotFound");
  if (isProcessed(transaction.messageHash, host)) return refused("AlreadyProcessed");
  // After its age: a transaction that waits for room must not outlive its blockhash.
  if (isAboveTarget(transaction, block, room)) {
    const price = `expected ${block.baseFeePerGas} wei per gas in a block above its target, got ${transaction.maxFeePerGas}`;
    return { kind: "invalid", error: { code: "gasLimitReached", message: price, isTemporary: true } };
  }
  const burntFee = contractFee(transaction, accounts, host, block);
  const priorityFee = transaction.budget.priorityFee * weiPerLamport;
  if (priorityFee < burntFee) {
    const units = BigInt(transaction.budget.computeUnitLimit);
    const detail = `expected a compute unit price of at least ${priceOf(burntFee, units)} micro-lamports in a message that names a contract, got ${priceOf(priorityFee, units)}`;
    return refused("InsufficientFundsForFee", detail, true);
  }
  const feePayer = message.staticAccounts[0] as Pubkey;
  const unpaid = checkFeePayer(feePayer, transaction.signatureFee + transaction.budget.priorityFee, host);
  if (unpaid !== undefined) return refused(unpaid);
  const unloaded = checkLoading(message, accounts, transaction.budget.loadedAccountsDataSizeLimit, host);
  const context = contextOf(transaction, plan, block);
  const { loaded } = plan;
  const prepared: PreparedSolanaTransaction = {
    kind: "prepared",
    transaction,
    context,
    frames,
    accounts,
    loaded,
    nonce,
    burntFee,
    before: undefined,
  };
  return unloaded === undefined ? prepared : { ...prepared, feeOnly: refusal(unloaded) };
}

/**
 * Solana's fee suffices up to the target of the block, above which the base fee rises (EIP-1559): room beyond it is for
 * those who pay that fee. Else a few lamports would drive the base fee of everybody up (rule 14).
 */
function isAboveTarget(
  { gasLimit, maxFeePerGas }: SolanaTransaction,
  { gasLimit: room, baseFeePerGas }: BlockContext,
  { gasLeft }: BlockRoom,
): boolean {
  return maxFeePerGas < baseFeePerGas && room - gasLeft + gasLimit > room / 2n;
}

/**
 * Rule 14: who names a contract of another VM, or the way to one, pays the base fee for every unit that he asks for, in wei,
 * and that part is burnt. Else the cheap dialect would buy the dear one's state.
 */
function contractFee({ budget }: SolanaTransaction, accounts: readonly MessageAccount[], host: Host, block: BlockContext): bigint {
  return accounts.some((account) => leadsOut(account, host)) ? block.baseFeePerGas * BigInt(budget.computeUnitLimit) : 0n;
}

/** Only tagged names are contracts': nobody has a key whose address is a contract's. */
function leadsOut({ pubkey, address }: MessageAccount, host: Host): boolean {
  if (!isTaggedPubkey(pubkey)) return equalBytes(pubkey, programIds.callGateway);
  return !isFixedAddress(address) && host.kindOf(address).kind === "code";
}

/** Micro-lamports for a unit, rounded up: 10^3 wei each. */
function priceOf(wei: bigint, units: bigint): bigint {
  return units === 0n ? 0n : (wei + 1000n * units - 1n) / (1000n * units);
}

function planWithTables({ wire: { message }, budget }: SolanaTransaction, host: Host): MessagePlan | Refused {
  const lookups = resolveLookups(message.lookups, host);
  if (lookups.kind === "invalid") return refused(lookups.error, undefined, true);
  return planMessage(message, lookups.loaded, BigInt(budget.computeUnitLimit));
}

function contextOf(transaction: SolanaTransaction, { accounts, instructions }: MessagePlan, block: BlockContext): SolanaTransactionContext {
  const { wire, budget, sender } = transaction;
  const { staticAccounts, blockhash } = wire.message;
  const unitPrice = budget.computeUnitLimit === 0 ? 0n : (budget.priorityFee * weiPerLamport) / BigInt(budget.computeUnitLimit);
  return {
    origin: sender,
    gasPrice: unitPrice > block.baseFeePerGas ? unitPrice : block.baseFeePerGas,
    blobHashes: [],
    instructions,
    solana: {
      accounts,
      feePayer: staticAccounts[0] as Pubkey,
      blockhash: blockhash as Hash,
      heapLength: budget.heapLength,
      computeUnitLimit: budget.computeUnitLimit,
      lamportsPerSignature,
    },
    state: undefined,
  };
}

function charge(prepared: PreparedSolanaTransaction, host: Host): void {
  const { transaction, accounts, context } = prepared;
  prepared.before = balancesOf(accounts, host);
  const { sender } = transaction;
  host.setBalance(sender, host.getBalance(sender) - feeInWei(transaction));
  bindFeePayer(sender, context.solana.feePayer, host);
  recordMessage(transaction.messageHash, host);
  for (const { address } of accounts) host.accessAccount(address);
}

/** The fee is a write like any other: the first one binds the pubkey (rule 1), so that contracts pay this wallet by its own name. */
function bindFeePayer(sender: Address, pubkey: Pubkey, host: Host): void {
  if (host.getSvmRecord(sender) === undefined)
    host.setSvmRecord(sender, { pubkey, owner: systemProgram, executable: false, dataLength: 0 });
}

function settle(prepared: PreparedSolanaTransaction, result: ExecutionResult, host: Host): Settlement {
  const { transaction, accounts, loaded, before, nonce, burntFee, context } = prepared;
  const { budget, signatureFee, gasLimit } = transaction;
  if (result.kind !== "success" && nonce !== undefined) host.writeAccountData(nonce.address, 0, nonce.advanced);
  // Half of the signatures' fee is burnt; the priority fee is the leader's (SIMD-0096), but for what contracts cost.
  const burnt = (signatureFee / 2n) * weiPerLamport + burntFee;
  host.credit(host.block.coinbase, feeInWei(transaction) - burnt);
  const { instructionIndex, innerInstructions, returnData } = transactionRecord(context);
  const unitsLimit = BigInt(budget.computeUnitLimit);
  const left = gasLeftOf(result);
  const consumed = unitsLimit - (left < unitsLimit ? left : unitsLimit);
  const gasUsed = gasLimit - unitsLimit + consumed;
  const after = balancesOf(accounts, host, before?.tokens);
  const error = prepared.feeOnly?.solana ?? errorOf(result, instructionIndex);
  const extra = encodeSolanaReceipt({
    error,
    fee: signatureFee + budget.priorityFee,
    computeUnitsConsumed: Number(consumed),
    returnData,
    loadedWritable: loaded.writable,
    loadedReadonly: loaded.readonly,
    preBalances: (before ?? after).lamports,
    postBalances: after.lamports,
    preTokenBalances: (before ?? after).tokens,
    postTokenBalances: after.tokens,
    innerInstructions: compileInner(innerInstructions, accounts),
  });
  return { gasUsed, effectiveGasPrice: feeInWei(transaction) / gasUsed, blobGasUsed: 0n, burnt, extra };
}

/** Reads the error of a failed frame, or of an environment's verdict, back. */
function errorOf(result: ExecutionResult, instructionIndex: number): SolanaTransactionError | undefined {
  if (result.kind === "success") return undefined;
  if (result.kind === "halt") return { InstructionError: [instructionIndex, haltErrors[result.reason] ?? "ProgramFailedToComplete"] };
  if (result.error === undefined) return { InstructionError: [instructionIndex, "GenericError"] };
  const parsed = JSON.parse(result.error) as InstructionError | SolanaTransactionError;
  if (typeof parsed === "string" || "Custom" in parsed) return { InstructionError: [instructionIndex, parsed as InstructionError] };
  return parsed;
}

const haltErrors: Readonly<Record<string, InstructionError>> = {
  lamportsOverflow: "ArithmeticOverflow",
  accountFrozen: "AccountBorrowFailed",
  writeProtection: "ReadonlyDataModified",
  reentryLimit: "CallDepth",
  noEnvironment: "UnsupportedProgramId",
};

function compileInner(
  inner: ReadonlyMap<number, readonly InnerInstruction[]>,
  accounts: readonly MessageAccount[],
): readonly CompiledInnerInstruction[] {
  const placeOf = (key: Pubkey): number => accounts.findIndex(({ pubkey }) => equalBytes(pubkey, key));
  if (inner.size === 0) return [];
  return [...inner].flatMap(([index, instructions]) =>
    instructions.map(({ program, accounts: metas, data, stackHeight }) => ({
      index,
      stackHeight,
      programIndex: placeOf(program),
      accountIndices: Uint8Array.from(metas, ({ pubkey }) => placeOf(pubkey)),
      data,
    })),
  );
}

function balancesOf(accounts: readonly MessageAccount[], host: Host, known?: readonly TokenBalance[]): Balances {
  return {
    lamports: accounts.map(({ address }) => host.getBalance(address) / weiPerLamport),
    tokens: tokenBalances(accounts, host, known),
  };
}

function feeInWei({ signatureFee, budget }: SolanaTransaction): bigint {
  return (signatureFee + budget.priorityFee) * weiPerLamport;
}

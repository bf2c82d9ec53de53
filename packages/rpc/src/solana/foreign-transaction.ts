/**
 * Transactions of other dialects as a legacy message: one instruction of the call gateway that says the same, whose accounts
 * are who was called, who paid, and what the transaction had a part in.
 */
import type { Block, Receipt } from "@trireme/chain";
import {
  addressToHex,
  bytesToHex,
  createAddress,
  decodeDialectEnvelope,
  emptyBytes,
  equalBytes,
  isTaggedPubkey,
  pubkeyToBase58,
  solanaIdOfEthereumTransaction,
  toAddress,
  toPubkey,
  weiPerLamport,
  type InvolvedAccount,
  type Pubkey,
  type Transaction,
} from "@trireme/core";
import type { EthereumTransaction } from "@trireme/ethereum";
import {
  encodeGatewayCall,
  instructionErrorText,
  programIds,
  sysvarIds,
  type SolanaMessage,
  type SolanaTransactionError,
} from "@trireme/svm";
import type { TransactionOutcomeView, TransactionView } from "./transaction-view.ts";
import { withEventLines } from "./event-lines.ts";

/** Accounts that the message has at most: their places are bytes. */
const maxAccounts = 255;
/** Bytes of the input that the instruction shows: enough for a call, and cheap to write in base58. */
const maxShownInput = 1_024;
/** Of what went wrong the receipt keeps no more. */
const failure = "ProgramFailedToComplete";

/** Views a transaction that Solana's dialect has no form for. */
export function viewForeign(transaction: Transaction, receipt: Receipt, block: Block): TransactionView {
  const callee = calleeOf(transaction, receipt);
  const accounts = accountsOf(receipt, callee);
  const places = new Map(accounts.map(({ pubkey }, index) => [bytesToHex(pubkey), index]));
  const placeOf = (pubkey: Pubkey): number => places.get(bytesToHex(pubkey)) as number;
  const [calleeIndex, programIndex] = [placeOf(callee), placeOf(programIds.callGateway)];
  const others = accounts.flatMap((_, index) => (index === 0 || index === calleeIndex || index === programIndex ? [] : [index]));
  const message: SolanaMessage = {
    version: "legacy",
    requiredSignatures: 1,
    readonlySigned: 0,
    readonlyUnsigned: accounts.filter(({ isWritten }) => !isWritten).length,
    staticAccounts: accounts.map(({ pubkey }) => pubkey),
    blockhash: block.header.parentHash,
    instructions: [{ programIndex, accountIndices: Uint8Array.of(calleeIndex, 0, ...others), data: callData(transaction) }],
    lookups: [],
    config: undefined,
  };
  return {
    signatures: [solanaIdOfEthereumTransaction(transaction.hash)],
    message,
    outcome: outcomeOf(receipt, accounts),
    logMessages: () => linesOf(receipt),
    programLogs: receipt.programLogs,
    gasUsed: receipt.gasUsed,
  };
}

/** How a receipt of another dialect reads as an error. */
export function foreignError({ succeeded }: Pick<Receipt, "succeeded">): SolanaTransactionError | undefined {
  return succeeded ? undefined : { InstructionError: [0, failure] };
}

/** Parsers of log lines follow frames from `invoke [1]` on: programs that another VM called stand in the gateway's. */
function linesOf(receipt: Receipt): readonly string[] {
  const name = pubkeyToBase58(programIds.callGateway);
  const end = receipt.succeeded ? "success" : `failed: ${instructionErrorText(failure)}`;
  return [`Program ${name} invoke [1]`, ...withEventLines(receipt.programLogs, receipt.logs), `Program ${name} ${end}`];
}

function outcomeOf(receipt: Receipt, accounts: readonly InvolvedAccount[]): TransactionOutcomeView {
  const wei = receipt.gasUsed * receipt.effectiveGasPrice + receipt.blobGasUsed * receipt.blobGasPrice;
  return {
    error: foreignError(receipt),
    fee: (wei + weiPerLamport - 1n) / weiPerLamport,
    computeUnitsConsumed: Number(receipt.gasUsed),
    returnData: undefined,
    loadedWritable: [],
    loadedReadonly: [],
    preBalances: accounts.map(({ before }) => lamports(before)),
    postBalances: accounts.map(({ after }) => lamports(after)),
  };
}

const maxU64 = (1n << 64n) - 1n;

function lamports(wei: bigint): bigint {
  const floor = wei / weiPerLamport;
  return floor > maxU64 ? maxU64 : floor;
}

/** In a message's order: the payer, what was written, what was only read, the gateway. */
function accountsOf({ from, involved = [] }: Receipt, callee: Pubkey): readonly InvolvedAccount[] {
  const payer = toPubkey(from);
  const known = involved.map((account) => ({ ...account, pubkey: canonicalName(account.pubkey) }));
  const find = (key: Pubkey): InvolvedAccount | undefined => known.find(({ pubkey }) => equalBytes(pubkey, key));
  const others = known.filter(({ pubkey }) => ![payer, callee, programIds.callGateway].some((key) => equalBytes(pubkey, key)));
  // The callee first among its like: it is never what is cut off.
  const isListed = equalBytes(callee, payer) || equalBytes(callee, programIds.callGateway);
  const called = isListed ? [] : [find(callee) ?? unknownBalance(callee, false)];
  const rest = [...called, ...others].slice(0, maxAccounts - 2);
  return [
    find(payer) ?? unknownBalance(payer, true),
    ...rest.filter(({ isWritten }) => isWritten),
    ...rest.filter(({ isWritten }) => !isWritten),
    unknownBalance(programIds.callGateway, false),
  ];
}

function unknownBalance(pubkey: Pubkey, isWritten: boolean): InvolvedAccount {
  return { pubkey, isWritten, before: 0n, after: 0n };
}

/** Who was called, or the contract that was to be made. */
function calleeOf(transaction: Transaction, { from, to, contractAddress, involved = [] }: Receipt): Pubkey {
  const isCreate = to === undefined && "data" in transaction;
  const address = to ?? contractAddress ?? (isCreate ? createAddress(from, transaction.nonce ?? 0n) : from);
  const named = involved.find(({ pubkey }) => !isTaggedPubkey(pubkey) && equalBytes(toAddress(pubkey), address));
  return canonicalName(named?.pubkey ?? toPubkey(address));
}

/** What the gateway would be told: gas limit, value, and the input, cut. */
function callData(transaction: Transaction): Uint8Array {
  const { data, value = 0n } = transaction as Partial<EthereumTransaction>;
  const input = data ?? decodeDialectEnvelope(transaction.raw)?.payload ?? emptyBytes;
  return encodeGatewayCall({
    isTry: false,
    isStatic: false,
    gasLimit: transaction.gasLimit,
    // More than all there is, but for what a developer makes out of nothing.
    value: value > maxU128 ? maxU128 : value,
    input: input.subarray(0, maxShownInput),
  });
}

const maxU128 = (1n << 128n) - 1n;

/** What has no account has no bound name either: native programs and sysvars are known by their own. */
const fixedNames: ReadonlyMap<string, Pubkey> = new Map(
  [...Object.values(programIds), ...Object.values(sysvarIds)].map((pubkey) => [addressToHex(toAddress(pubkey)), pubkey]),
);

function canonicalName(pubkey: Pubkey): Pubkey {
  return isTaggedPubkey(pubkey) ? (fixedNames.get(addressToHex(toAddress(pubkey))) ?? pubkey) : pubkey;
}

/** What a transaction may spend: Compute Budget instructions, or the configuration of a version 1 message. */
import type { Pubkey } from "@trireme/core";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { programIds } from "../known-keys.ts";
import { includesPubkey, samePubkey } from "../runtime/pubkey-names.ts";
import type { CompiledInstruction, SolanaMessage } from "./solana-message.ts";

/** Compute units that a transaction can ask for at most. */
export const maxComputeUnitLimit = 1_400_000;
/** Heap of a program that asks for none, in bytes. */
export const defaultHeapLength = 32 * 1024;
const MAX_HEAP_LENGTH = 256 * 1024;
/** Bytes of accounts that a transaction may load: 64 MiB. */
const MAX_LOADED_DATA = 64 * 1024 * 1024;
const UNITS_PER_INSTRUCTION = 200_000;
const UNITS_PER_BUILTIN = 3_000;
const MICRO_LAMPORTS = 1_000_000n;

/** Limits of a transaction. */
export interface ComputeBudget {
  readonly computeUnitLimit: number;
  /** Lamports beside the fee for signatures. */
  readonly priorityFee: bigint;
  readonly heapLength: number;
  /** In bytes. */
  readonly loadedAccountsDataSizeLimit: number;
}

/** Builtins whose instructions count 3,000 units by default; the rest counts 200,000 (SIMD-0170, as active on mainnet). */
const builtins: readonly Pubkey[] = [
  programIds.system,
  programIds.computeBudget,
  programIds.loaderV1,
  programIds.loaderV2,
  programIds.loaderV3,
  programIds.loaderV4,
  programIds.secp256k1,
  programIds.ed25519,
];

/** Works out the budget of a sanitized message. */
export function computeBudgetOf(message: SolanaMessage): ComputeBudget | { readonly error: SolanaTransactionError } {
  return message.version === 1 ? budgetOfConfig(message) : budgetOfInstructions(message);
}

function budgetOfConfig({ config }: SolanaMessage): ComputeBudget | { readonly error: SolanaTransactionError } {
  const heapLength = config?.heapLength ?? defaultHeapLength;
  if (!isHeapLength(heapLength)) return { error: "SanitizeFailure" };
  const asked = config?.loadedAccountsDataSizeLimit ?? 0;
  return {
    computeUnitLimit: Math.min(config?.computeUnitLimit ?? 0, maxComputeUnitLimit),
    priorityFee: config?.priorityFee ?? 0n,
    heapLength,
    loadedAccountsDataSizeLimit: Math.min(asked, MAX_LOADED_DATA),
  };
}

const REQUEST_HEAP = 1;
const SET_LIMIT = 2;
const SET_PRICE = 3;
const SET_LOADED_SIZE = 4;

/** Values by tag, and where the heap was asked for. */
interface Requested {
  [tag: number]: bigint;
  heapIndex?: number;
}

function budgetOfInstructions({ instructions, staticAccounts }: SolanaMessage): ComputeBudget | { readonly error: SolanaTransactionError } {
  const asked: Requested = {};
  let defaultUnits = 0;
  for (let index = 0; index < instructions.length; index++) {
    const { programIndex, data } = instructions[index] as CompiledInstruction;
    const program = staticAccounts[programIndex] as Pubkey;
    if (!includesPubkey(builtins, program)) {
      defaultUnits += UNITS_PER_INSTRUCTION;
      continue;
    }
    defaultUnits += UNITS_PER_BUILTIN;
    if (!samePubkey(program, programIds.computeBudget)) continue;
    const error = readRequest(data, asked, index);
    if (error !== undefined) return { error };
  }
  // Judged once all are read: a second request is the first error.
  const heapLength = Number(asked[REQUEST_HEAP] ?? defaultHeapLength);
  if (asked.heapIndex !== undefined && !isHeapLength(heapLength))
    return { error: { InstructionError: [asked.heapIndex, "InvalidInstructionData"] } };
  const computeUnitLimit = Math.min(Number(asked[SET_LIMIT] ?? defaultUnits), maxComputeUnitLimit);
  const loadedSize = Number(asked[SET_LOADED_SIZE] ?? MAX_LOADED_DATA);
  if (loadedSize === 0) return { error: "InvalidLoadedAccountsDataSizeLimit" };
  const price = asked[SET_PRICE];
  return {
    computeUnitLimit,
    priorityFee: price === undefined ? 0n : (BigInt(computeUnitLimit) * price + MICRO_LAMPORTS - 1n) / MICRO_LAMPORTS,
    heapLength,
    loadedAccountsDataSizeLimit: Math.min(loadedSize, MAX_LOADED_DATA),
  };
}

function readRequest(data: Uint8Array, asked: Requested, index: number): SolanaTransactionError | undefined {
  const invalid: SolanaTransactionError = { InstructionError: [index, "InvalidInstructionData"] };
  const duplicate: SolanaTransactionError = { DuplicateInstruction: index };
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const tag = data[0] ?? 0;
  // Agave reads it with `try_from_slice_unchecked`: bytes after the value do not matter.
  if (tag < 1 || tag > 4 || data.length < (tag === 3 ? 9 : 5)) return invalid;
  const value = tag === 3 ? view.getBigUint64(1, true) : BigInt(view.getUint32(1, true));
  if (asked[tag] !== undefined) return duplicate;
  asked[tag] = value;
  if (tag === REQUEST_HEAP) asked.heapIndex = index;
  return undefined;
}

function isHeapLength(length: number): boolean {
  return length >= defaultHeapLength && length <= MAX_HEAP_LENGTH && length % 1024 === 0;
}

/** Receipts and blooms as they enter a block's receipts root (EIP-2718, EIP-658). */
import { concatBytes, keccak256, type Log } from "@trireme/core";
import { encodeRlp, integerToRlp } from "./rlp.ts";

/** What a receipt's encoding holds. */
export interface ReceiptPayload {
  /** EIP-2718 type of the transaction; 0x74 for another dialect's. */
  readonly type: number;
  readonly succeeded: boolean;
  readonly cumulativeGasUsed: bigint;
  readonly logsBloom: Uint8Array;
  readonly logs: readonly Log[];
}

/** Bytes of a receipt: `type ‖ rlp([status, cumulativeGasUsed, bloom, logs])`, the type left out for type 0. */
export function encodeReceipt(receipt: ReceiptPayload): Uint8Array {
  const { type, succeeded, cumulativeGasUsed, logsBloom, logs } = receipt;
  const body = encodeRlp([integerToRlp(succeeded ? 1n : 0n), integerToRlp(cumulativeGasUsed), logsBloom, logsToRlp(logs)]);
  return type === 0 ? body : concatBytes(Uint8Array.of(type), body);
}

/** RLP of a list of logs; its keccak256 is what state tests compare. */
export function encodeLogs(logs: readonly Log[]): Uint8Array {
  return encodeRlp(logsToRlp(logs));
}

/** The 2,048-bit bloom of a receipt: three bits for each address and topic, 256 bytes. */
export function logsBloom(logs: readonly Log[]): Uint8Array {
  const bloom = new Uint8Array(256);
  for (const log of logs) {
    addToBloom(bloom, log.address);
    for (const topic of log.topics) addToBloom(bloom, topic);
  }
  return bloom;
}

/** The union of blooms: a block's from its receipts'. */
export function mergeBlooms(blooms: readonly Uint8Array[]): Uint8Array {
  const merged = new Uint8Array(256);
  for (const bloom of blooms)
    for (let index = 0; index < 256; index++) merged[index] = (merged[index] as number) | (bloom[index] as number);
  return merged;
}

/** Whether a bloom may hold an address or topic; false is certain. */
export function bloomMayHold(bloom: Uint8Array, value: Uint8Array): boolean {
  return bloomBits(value).every((bit) => ((bloom[255 - (bit >> 3)] as number) & (1 << (bit & 7))) !== 0);
}

function addToBloom(bloom: Uint8Array, value: Uint8Array): void {
  for (const bit of bloomBits(value)) bloom[255 - (bit >> 3)] = (bloom[255 - (bit >> 3)] as number) | (1 << (bit & 7));
}

/** Yellow Paper, M3:2048: the low 11 bits of the first three pairs of bytes of the hash. */
function bloomBits(value: Uint8Array): readonly number[] {
  const hash = keccak256(value);
  return [0, 2, 4].map((at) => (((hash[at] as number) << 8) | (hash[at + 1] as number)) & 2047);
}

function logsToRlp(logs: readonly Log[]): readonly (readonly [Uint8Array, readonly Uint8Array[], Uint8Array])[] {
  return logs.map(({ address, topics, data }) => [address, topics, data] as const);
}

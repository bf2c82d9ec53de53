// What a call tree may change, on plain data, and how its failures are told.
import { bigintToBytes, bytesToHex, concatBytes, keccak256, type Pubkey } from "@trireme/core";

/** A log as receipts have it, in hex. */
export interface TreeLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** Everything that a tree may change. Accounts are indices. */
export interface TreeState {
  /** In wei. */
  readonly balances: Map<number, bigint>;
  /** Counters in the data of accounts. */
  readonly counters: Map<number, bigint>;
  /** By `account/slot`. */
  readonly slots: Map<string, bigint>;
  readonly transient: Map<string, bigint>;
  readonly logs: TreeLog[];
  /** Accounts that entered runs of the SVM wrote: at the end of each their rent is judged. */
  readonly written: Set<number>;
}

/** A copy. */
export function copyState({ balances, counters, slots, transient, logs, written }: TreeState): TreeState {
  return {
    balances: new Map(balances),
    counters: new Map(counters),
    slots: new Map(slots),
    transient: new Map(transient),
    logs: logs.slice(),
    written: new Set(written),
  };
}

/** Makes `state` what `from` is. */
export function restoreState(state: TreeState, from: TreeState): void {
  for (const part of ["balances", "counters", "slots", "transient"] as const) {
    const target = state[part] as Map<unknown, bigint>;
    target.clear();
    for (const [key, value] of from[part]) target.set(key, value);
  }
  state.written.clear();
  for (const account of from.written) state.written.add(account);
  state.logs.splice(0, Infinity, ...from.logs);
}

const prime = 0x100000001b3n;

/** What a node saw so far, in 64 bits. */
export class Digest {
  value = 0n;

  fold(word: bigint): void {
    this.value = BigInt.asUintN(64, (this.value ^ BigInt.asUintN(64, word)) * prime);
  }

  /** Bytes by words of 8, the last one filled up with zeros; their number first. */
  foldBytes(bytes: Uint8Array): void {
    this.fold(BigInt(bytes.length));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (; at + 8 <= bytes.length; at += 8) this.fold(view.getBigUint64(at));
    if (at === bytes.length) return;
    const last = new Uint8Array(8);
    last.set(bytes.subarray(at));
    this.fold(new DataView(last.buffer).getBigUint64(0));
  }

  /** So many words, each of them the digest. */
  words(count: number): Uint8Array {
    const bytes = new Uint8Array(8 * count);
    const view = new DataView(bytes.buffer);
    for (let word = 0; word < count; word++) view.setBigUint64(8 * word, this.value);
    return bytes;
  }
}

/** The first 8 bytes of a longer string of them. */
export function firstWord(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(0);
}

/** The last 8 bytes. */
export function lastWord(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(bytes.length - 8);
}

const word = (value: bigint | number): Uint8Array => bigintToBytes(BigInt(value), 32);
const utf8 = new TextEncoder();
const topicOf = (signature: string): string => bytesToHex(keccak256(utf8.encode(signature)));
/** Of `SvmError(bytes32 program, uint32 code, string reason)`. */
export const svmErrorSelector = keccak256(utf8.encode("SvmError(bytes32,uint32,string)")).subarray(0, 4);
const notedTopic = topicOf("Noted(uint64,uint64)");
const programDataTopic = topicOf("ProgramData(bytes[])");

/** The gateway's revert data for a failed program. */
export function svmErrorData(program: Pubkey, code: number, reason: string): Uint8Array {
  const text = utf8.encode(reason);
  const padding = new Uint8Array(-text.length & 31);
  return concatBytes(svmErrorSelector, program, word(code), word(96), word(text.length), text, padding);
}

/** What the gateway answers: the program's return data as `bytes`. */
export function gatewayOutput(data: Uint8Array): Uint8Array {
  return concatBytes(word(32), word(data.length), data, new Uint8Array(-data.length & 31));
}

/** `Noted(topic, digest)` of a contract. */
export function notedLog(address: string, topic: number, digest: bigint): TreeLog {
  return { address, topics: [notedTopic, bytesToHex(word(topic))], data: bytesToHex(word(digest)) };
}

/** What `sol_log_data` with the topic's byte and the digest leaves: `ProgramData(bytes[])`. */
export function programDataLog(address: string, topic: number, digest: bigint): TreeLog {
  const right = (bytes: Uint8Array): Uint8Array => concatBytes(bytes, new Uint8Array(32 - bytes.length));
  const fields = [Uint8Array.of(topic), bigintToBytes(digest, 8)] as const;
  const data = concatBytes(word(32), word(2), word(64), word(128), word(1), right(fields[0]), word(8), right(fields[1]));
  return { address, topics: [programDataTopic], data: bytesToHex(data) };
}

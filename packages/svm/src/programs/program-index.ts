/**
 * Which code runs under a program id: the hash of its ELF and the slot of its last change, written by the loader when it
 * deploys. So execution finds a prepared program without hashing or reading an ELF, and rewinds, simulations and forks
 * cannot mix two programs up: the index is state like any other.
 */
import { addressFromHex, bigintToBytes, bytesToBigint, type Address, type DeclaredSlot, type Hash, type Host } from "@trireme/core";
import { sha256 } from "../runtime/program-address.ts";
import { isZero } from "../runtime/pubkey-names.ts";

/** The system account; its storage is the index. */
export const programIndexAddress: Address = addressFromHex("0x73766d0000000000000000000000000000000001");

/** What the index says of a program id. */
export interface IndexedProgram {
  /** Undefined: closed. */
  readonly hash: Hash | undefined;
  /** Slot of the last deployment, upgrade, extension or close. */
  readonly changedAt: bigint;
}

/** sha256 of an ELF without the zeros that pad it, so that a longer account holds the same program. */
export function programHash(elf: Uint8Array): Hash {
  let end = elf.length;
  while (end > 0 && elf[end - 1] === 0) end--;
  return sha256(elf.subarray(0, end)) as Hash;
}

/** Makes the account; part of the environment's `writeGenesis`. */
export function writeProgramIndexGenesis(host: Host): void {
  host.setNonce(programIndexAddress, 1n);
}

/** Notes what runs under an id from the next slot on; `undefined` closes it. */
export function writeIndexedProgram(host: Host, program: Address, hash: Hash | undefined): void {
  // Without a nonce the account would go with its slots when the transaction ends (EIP-161).
  if (host.getNonce(programIndexAddress) === 0n) host.setNonce(programIndexAddress, 1n);
  host.setStorage(programIndexAddress, hashKey(program), hash ?? noHash);
  host.setStorage(programIndexAddress, slotKey(program), bigintToBytes(host.block.number + 1n, 32));
}

/** What runs under an id; undefined where nothing was ever deployed. */
export function readIndexedProgram(host: Host, program: Address): IndexedProgram | undefined {
  if (lastRead.program !== program) lastRead = { program, slotKey: slotKey(program), hashKey: hashKey(program) };
  const next = bytesToBigint(host.getStorage(programIndexAddress, lastRead.slotKey));
  if (next === 0n) return undefined;
  const hash = host.getStorage(programIndexAddress, lastRead.hashKey);
  return { hash: isZero(hash) ? undefined : (hash as Hash), changedAt: next - 1n };
}

/** The slots that hold what runs under an id. */
export function programIndexSlots(program: Address): readonly DeclaredSlot[] {
  return [hashKey(program), slotKey(program)].map((key) => ({ address: programIndexAddress, key }));
}

/** Keys of the program that was read last: transactions call the same ones again and again. */
let lastRead = { program: programIndexAddress, slotKey: slotKey(programIndexAddress), hashKey: hashKey(programIndexAddress) };

const noHash = new Uint8Array(32);

function hashKey(program: Address): Uint8Array {
  const key = new Uint8Array(32);
  key.set(program, 12);
  return key;
}

/** Slot numbers stand one higher, so that slot 0 differs from nothing. */
function slotKey(program: Address): Uint8Array {
  const key = hashKey(program);
  key[0] = 1;
  return key;
}

/** `sol_sha256`, `sol_keccak256` and `sol_blake3`: the hash of slices one after the other. */
import { keccak256 } from "@trireme/core";
import { blake3 } from "@noble/hashes/blake3.js";
import { memoryBaseCost } from "../runtime/limits.ts";
import { sha256 } from "../runtime/program-address.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import { answer, argument, bytesOf, consume, pointer, syscallFault, translateSlice, translateSlices, type SvmSyscall } from "./guest.ts";

const baseCost = 85;
const maxSlices = 20_000;

/** A hash over parts. */
interface PartHash {
  readonly name: string;
  /** The parts are views: they are read before this returns. */
  digest(parts: readonly Uint8Array[]): Uint8Array;
}

const sha: PartHash = { name: "Sha256", digest: (parts) => sha256(joined(parts)) };
const keccak: PartHash = { name: "Keccak256", digest: (parts) => keccak256(joined(parts)) };
const blake: PartHash = { name: "Blake3", digest: (parts) => blake3(joined(parts)) };

/** Makes the syscall `(slices, count, result)` of a hash. */
function hashSyscall({ name, digest }: PartHash): SvmSyscall {
  return (machine) => {
    const count = argument(machine, 2);
    if (count > maxSlices) {
      machine.execution.log(`${name} Hashing ${count} sequences in one syscall is over the limit ${maxSlices}`);
      throw syscallFault("TooManySlices", "Hashing too many sequences");
    }
    consume(machine, baseCost);
    const result = translateSlice(machine, pointer(machine, 3), 32, "store");
    const parts = translateSlices(machine, pointer(machine, 1), count).map(({ at, length }) => partOf(machine, at, length));
    machine.memory.bytes.set(digest(parts), result.offset);
    answer(machine, 0);
  };
}

export const sha256Syscall: SvmSyscall = hashSyscall(sha);
export const keccak256Syscall: SvmSyscall = hashSyscall(keccak);
export const blake3Syscall: SvmSyscall = hashSyscall(blake);

function partOf(machine: ProgramMachine, at: { low: number; high: number }, length: number): Uint8Array {
  const slice = translateSlice(machine, at, length, "load");
  consume(machine, Math.max(memoryBaseCost, Math.floor(length / 2)));
  return bytesOf(machine, slice);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

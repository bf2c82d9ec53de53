/** The instruction and the signers of a call to another program, in the layouts of Rust and C (agave `program-runtime/src/cpi.rs`). */
import type { AccountMeta, Instruction, Pubkey } from "@trireme/core";
import { instructionErrorText } from "../errors/instruction-error-text.ts";
import { bytesPerUnit, maxInstructionAccounts, maxSeeds } from "../runtime/limits.ts";
import { createProgramAddress } from "../runtime/program-address.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import {
  bytesOf,
  consume,
  instructionFault,
  readNumber,
  readPointer,
  readPubkey,
  syscallFault,
  translateSlice,
  translateSlices,
  translateValue,
  type Pointer,
} from "./guest.ts";

/** Who wrote the structures that the pointers lead to. */
export type CallAbi = "c" | "rust";

const maxData = 10_240;
const maxSigners = 16;
const metaLength = 34;

/** Reads the instruction at an address. Takes units for its accounts and data. */
export function readInstruction(machine: ProgramMachine, at: Pointer, abi: CallAbi): Instruction {
  const isRust = abi === "rust";
  const start = translateValue(machine, at, isRust ? 80 : 40, 8, "load");
  const { bytes } = machine.memory;
  // Rust: accounts {pointer, capacity, length}, data {pointer, capacity, length}, program. C: program*, accounts*, length, data*, length.
  const program = isRust ? (bytes.slice(start + 48, start + 80) as Pubkey) : readPubkey(machine, readPointer(machine, start));
  const accountsAt = readPointer(machine, start + (isRust ? 0 : 8));
  const count = readNumber(machine, start + 16);
  const dataAt = readPointer(machine, start + 24);
  const dataLength = readNumber(machine, start + (isRust ? 40 : 32));
  const metas = isRust
    ? translateSlice(machine, accountsAt, count, "load", metaLength)
    : translateSlice(machine, accountsAt, count, "load", 16, 8);
  const data = translateSlice(machine, dataAt, dataLength, "load");
  if (count > maxInstructionAccounts) {
    throw syscallFault(
      "MaxInstructionAccountsExceeded",
      `Invoked an instruction with too many accounts (${count} > ${maxInstructionAccounts})`,
    );
  }
  if (dataLength > maxData) {
    throw syscallFault("MaxInstructionDataLenExceeded", `Invoked an instruction with data that is too large (${dataLength} > ${maxData})`);
  }
  consume(machine, Math.floor(dataLength / bytesPerUnit) + Math.floor((count * metaLength) / bytesPerUnit));
  const readMeta = isRust ? readRustMeta : readCMeta;
  const accounts = Array.from({ length: count }, (_, index) => readMeta(machine, metas.offset + index * (isRust ? metaLength : 16)));
  return { program, accounts, data: bytes.slice(data.offset, data.offset + dataLength) };
}

/** The addresses that the caller signs for by seeds: the same layout in both ABIs. */
export function readSigners(machine: ProgramMachine, at: Pointer, count: number, program: Pubkey): readonly Pubkey[] {
  translateSlice(machine, at, count, "load", 16, 8);
  if (count > maxSigners) throw syscallFault("TooManySigners", "Too many signers");
  return translateSlices(machine, at, count).map(({ at: seedsAt, length }) => {
    translateSlice(machine, seedsAt, length, "load", 16, 8);
    if (length > maxSeeds) throw instructionFault("MaxSeedLengthExceeded");
    const seeds = translateSlices(machine, seedsAt, length).map((seed) =>
      bytesOf(machine, translateSlice(machine, seed.at, seed.length, "load")),
    );
    const address = createProgramAddress(seeds, program);
    if (typeof address !== "string") return address;
    throw syscallFault("BadSeeds", `Could not create program address with signer seeds: ${instructionErrorText(address)}`);
  });
}

function readRustMeta({ memory: { bytes } }: ProgramMachine, at: number): AccountMeta {
  const pubkey = bytes.slice(at, at + 32) as Pubkey;
  return { pubkey, isSigner: flag(bytes[at + 32]), isWritable: flag(bytes[at + 33]) };
}

function readCMeta(machine: ProgramMachine, at: number): AccountMeta {
  const { bytes } = machine.memory;
  const isWritable = flag(bytes[at + 8]);
  const isSigner = flag(bytes[at + 9]);
  return { pubkey: readPubkey(machine, readPointer(machine, at)), isSigner, isWritable };
}

function flag(byte: number | undefined): boolean {
  if (byte !== 0 && byte !== 1) throw instructionFault("InvalidArgument");
  return byte === 1;
}

/** `sol_create_program_address` and `sol_try_find_program_address`. */
import type { Pubkey } from "@trireme/core";
import { instructionErrorText } from "../errors/instruction-error-text.ts";
import { maxSeedLength, maxSeeds } from "../runtime/limits.ts";
import { createProgramAddress } from "../runtime/program-address.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import {
  answer,
  areApart,
  argument,
  bytesOf,
  consume,
  pointer,
  readPubkey,
  syscallFault,
  translateSlice,
  translateSlices,
  translateValue,
  type SvmSyscall,
} from "./guest.ts";

const cost = 1500;

/** `sol_create_program_address(seeds, count, program, result)`: 1 when the hash is a point of the curve. */
export const createAddress: SvmSyscall = (machine) => {
  consume(machine, cost);
  const { seeds, program } = readInputs(machine);
  const address = createProgramAddress(seeds, program);
  if (typeof address !== "string") machine.memory.bytes.set(address, translateSlice(machine, pointer(machine, 4), 32, "store").offset);
  answer(machine, typeof address === "string" ? 1 : 0);
};

/** `sol_try_find_program_address(seeds, count, program, result, bump)`: 1 when no bump from 255 to 1 will do. */
export const tryFindAddress: SvmSyscall = (machine) => {
  consume(machine, cost);
  const { seeds, program } = readInputs(machine);
  for (let bump = 255; bump > 0; bump--) {
    const address = createProgramAddress([...seeds, Uint8Array.of(bump)], program);
    if (typeof address !== "string") {
      const [at, bumpAt] = [pointer(machine, 4), pointer(machine, 5)];
      const bumpOffset = translateValue(machine, bumpAt, 1, 1, "store");
      const { offset } = translateSlice(machine, at, 32, "store");
      if (!areApart(bumpAt, 1, at, 32)) throw syscallFault("CopyOverlapping", "Overlapping copy");
      machine.memory.bytes[bumpOffset] = bump;
      machine.memory.bytes.set(address, offset);
      answer(machine, 0);
      return;
    }
    consume(machine, cost);
  }
  answer(machine, 1);
};

function readInputs(machine: ProgramMachine): { readonly seeds: readonly Uint8Array[]; readonly program: Pubkey } {
  const count = argument(machine, 2);
  translateSlice(machine, pointer(machine, 1), count, "load", 16, 8);
  if (count > maxSeeds) throw tooLong();
  const seeds = translateSlices(machine, pointer(machine, 1), count).map(({ at, length }) => {
    if (length > maxSeedLength) throw tooLong();
    return bytesOf(machine, translateSlice(machine, at, length, "load"));
  });
  return { seeds, program: readPubkey(machine, pointer(machine, 3)) };
}

function tooLong() {
  const reason = instructionErrorText("MaxSeedLengthExceeded");
  return syscallFault("BadSeeds", `Could not create program address with signer seeds: ${reason}`);
}

/** What the precompiles share: instructions that verify signatures, named by offsets into the data of all instructions (agave's `precompiles`). */
import { InstructionFault } from "../errors/instruction-error.ts";
import type { NativeProgram } from "../runtime/invoke-context.ts";

/** Solana's `PrecompileError`. */
const errors = {
  InvalidPublicKey: 0,
  InvalidRecoveryId: 1,
  InvalidSignature: 2,
  InvalidDataOffsets: 3,
  InvalidInstructionDataSize: 4,
} as const;

/** Verifies `data`; `all` is the data of all top-level instructions, `data` among them. @throws InstructionFault `Custom` */
export type PrecompileVerifier = (data: Uint8Array, all: readonly Uint8Array[]) => void;

/** In place of the index of an instruction: the precompile's own. */
const ownInstruction = 0xffff;
/** Seven u16, little endian. */
const offsetsLength = 14;
const offsetsStart = 2;

/** A precompile as a program: it takes no units and logs nothing. */
export function createPrecompile(verify: PrecompileVerifier): NativeProgram {
  return ({ current, host }) =>
    verify(
      current.data,
      (host.transaction.instructions ?? []).map(({ data }) => data),
    );
}

/** The fault of a `PrecompileError`, to be thrown. */
export function precompileError(name: keyof typeof errors): InstructionFault {
  return new InstructionFault({ Custom: errors[name] });
}

/** Number of signatures: the first byte, if the offsets of so many fit in. @throws InstructionFault */
export function countSignatures(data: Uint8Array, least: number, most: number): number {
  const count = data[0];
  // A count of 0 with anything behind it is a mistake of who built the instruction.
  if (count === undefined || data.length < offsetsStart || count < least || count > most || (count === 0 && data.length > offsetsStart)) {
    throw precompileError("InvalidInstructionDataSize");
  }
  if (data.length < offsetsStart + count * offsetsLength) throw precompileError("InvalidInstructionDataSize");
  return count;
}

/** Reads of signature `index` what its offsets name, in this order, each when it is asked for. */
export function signatureParts(data: Uint8Array, all: readonly Uint8Array[], index: number, keyLength: number) {
  const start = offsetsStart + index * offsetsLength;
  const word = (place: number): number => (data[start + 2 * place] as number) | ((data[start + 2 * place + 1] as number) << 8);
  const part = (instruction: number, offset: number, length: number): Uint8Array => {
    const source = instruction === ownInstruction ? data : all[instruction];
    if (source === undefined || offset + length > source.length) throw precompileError("InvalidDataOffsets");
    return source.subarray(offset, offset + length);
  };
  return {
    signature: () => part(word(1), word(0), 64),
    publicKey: () => part(word(3), word(2), keyLength),
    message: () => part(word(6), word(4), word(5)),
  };
}

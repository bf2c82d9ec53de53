/** Reads an instruction of a native program: bincode with fixed integers, trailing bytes allowed, 1,232 bytes at most. */
import { pubkeyFromBytes, rethrowStackOverflow, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";

/** Bytes that are read at most: a packet. Instructions of inner calls may be longer, but not what is read of them. */
const LIMIT = 1232;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A cursor over instruction data. Every method throws `InvalidInstructionData` where it does not fit. */
export interface InstructionReader {
  u32(): number;
  u64(): bigint;
  pubkey(): Pubkey;
  /** A u64 length and so many bytes; a view, not a copy. */
  bytes(): Uint8Array;
  /** A u64 length and so many bytes of UTF-8. */
  text(): Uint8Array;
}

/** A reader at the start of `data`. */
export function createInstructionReader(data: Uint8Array): InstructionReader {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = Math.min(data.length, LIMIT);
  let offset = 0;
  const take = (length: number): number => {
    const start = offset;
    if (start + length > end) throw new InstructionFault("InvalidInstructionData");
    offset = start + length;
    return start;
  };
  const reader: InstructionReader = {
    u32: () => view.getUint32(take(4), true),
    u64: () => view.getBigUint64(take(8), true),
    pubkey() {
      const start = take(32);
      return pubkeyFromBytes(data.slice(start, start + 32));
    },
    bytes() {
      const length = Number(reader.u64());
      const start = take(length);
      return data.subarray(start, start + length);
    },
    text() {
      const bytes = reader.bytes();
      try {
        utf8.decode(bytes);
      } catch (error) {
        rethrowStackOverflow(error);
        throw new InstructionFault("InvalidInstructionData");
      }
      return bytes;
    },
  };
  return reader;
}

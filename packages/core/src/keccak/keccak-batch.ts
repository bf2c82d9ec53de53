/** keccak256 of many messages with one call: messages are written straight into the module's memory. */
import { TriremeError } from "../errors.ts";
import { instantiateKeccak } from "./keccak-module.ts";

/** How much one batch holds. */
export interface KeccakBatchOptions {
  /** Bytes of all messages together; 256 KiB by default, which stays in a core's cache. */
  readonly bytes?: number;
  /** Messages; 2,048 by default. */
  readonly messages?: number;
}

/**
 * A buffer of messages that are hashed together. Reserve room, write the message, go on until `reserve` answers -1 or
 * there are no more, then `hash`. Memory is fixed: the views never move.
 */
export interface KeccakBatch {
  /** Where messages are written, at the offsets that `reserve` gives. */
  readonly bytes: Uint8Array;
  /** The same bytes, for unaligned words. */
  readonly view: DataView;
  /** Digest `i` of the last `hash()` begins at `32 * i`. Overwritten by the next `hash()`. */
  readonly digests: Uint8Array;
  /** The same bytes, for words. */
  readonly digestView: DataView;
  /** Room for the next message of `length` bytes: its offset, or -1 when the batch is full (or the message longer than any batch). The room holds stale bytes. */
  reserve(length: number): number;
  /** Hashes what was reserved, in that order, and empties the batch. Returns the number of digests. */
  hash(): number;
}

/** Makes a batch with memory of its own. @throws TriremeError `INVALID_ARGUMENT` when it could hold nothing. */
export function createKeccakBatch({ bytes = 256 * 1024, messages = 2048 }: KeccakBatchOptions = {}): KeccakBatch {
  if (!(bytes >= 1 && bytes <= 2 ** 30) || !(messages >= 1 && messages <= 2 ** 22)) {
    throw new TriremeError("INVALID_ARGUMENT", `expected room for 1 to 2^30 bytes and 1 to 2^22 messages, got ${bytes} and ${messages}`);
  }
  const module = instantiateKeccak(messages * 8 + messages * 32 + bytes);
  const { buffer } = module.memory;
  const tableAt = module.heap();
  const digestsAt = tableAt + messages * 8;
  const messagesAt = digestsAt + messages * 32;
  const table = new Uint32Array(buffer, tableAt, messages * 2);
  let count = 0;
  let used = 0;

  return {
    bytes: new Uint8Array(buffer, messagesAt, bytes),
    view: new DataView(buffer, messagesAt, bytes),
    digests: new Uint8Array(buffer, digestsAt, messages * 32),
    digestView: new DataView(buffer, digestsAt, messages * 32),
    reserve(length) {
      if (count === messages || used + length > bytes) return -1;
      const offset = used;
      table[count * 2] = messagesAt + offset;
      table[count * 2 + 1] = length;
      count++;
      used += length;
      return offset;
    },
    hash() {
      const hashed = count;
      module.hashMany(tableAt, hashed, digestsAt);
      count = 0;
      used = 0;
      return hashed;
    },
  };
}

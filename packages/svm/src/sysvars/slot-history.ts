/**
 * The slot history sysvar: one bit for each of the last 1,048,576 slots, set where a block stands. Every slot has its
 * block here, so that the 131,097 bytes are a function of the block number; they are made only when somebody reads them.
 */
const SLOTS = 1024 * 1024;
const WORDS_OFFSET = 9;

/** Bytes of the account. */
export const slotHistoryLength: number = WORDS_OFFSET + SLOTS / 8 + 16;

/** The sysvar's account data before block `number` is closed. */
export function encodeSlotHistory(number: bigint): Uint8Array {
  const bytes = new Uint8Array(slotHistoryLength);
  const view = new DataView(bytes.buffer);
  // A bit vector of u64 blocks, as bincode writes it: Some, number of blocks, the blocks, number of bits.
  bytes[0] = 1;
  view.setBigUint64(1, BigInt(SLOTS / 64), true);
  view.setBigUint64(WORDS_OFFSET + SLOTS / 8, BigInt(SLOTS), true);
  // Block 0 is there from the start.
  const next = number === 0n ? 1n : number;
  view.setBigUint64(WORDS_OFFSET + SLOTS / 8 + 8, next, true);
  const present = next < BigInt(SLOTS) ? Number(next) : SLOTS;
  bytes.fill(0xff, WORDS_OFFSET, WORDS_OFFSET + (present >> 3));
  if (present % 8 !== 0) bytes[WORDS_OFFSET + (present >> 3)] = (1 << (present % 8)) - 1;
  return bytes;
}

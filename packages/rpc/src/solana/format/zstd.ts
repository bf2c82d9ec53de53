/** Zstandard frames (RFC 8878) that hold their bytes as they are: Node 20 has no compressor, and readers take any frame. */

/** Most bytes of a block. */
const MAX_BLOCK = 128 * 1024;
const MAGIC = 0xfd2fb528;
/** One segment, whose length is a field of 4 bytes. */
const DESCRIPTOR = 0xa0;
const RAW = 0;

/** Bytes as one frame of raw blocks. */
export function storeAsZstd(data: Uint8Array): Uint8Array {
  const count = Math.max(1, Math.ceil(data.length / MAX_BLOCK));
  const frame = new Uint8Array(9 + 3 * count + data.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, MAGIC, true);
  frame[4] = DESCRIPTOR;
  view.setUint32(5, data.length, true);
  let at = 9;
  for (let index = 0; index < count; index++) {
    const block = data.subarray(index * MAX_BLOCK, (index + 1) * MAX_BLOCK);
    const header = (index === count - 1 ? 1 : 0) | (RAW << 1) | (block.length << 3);
    frame.set([header, header >>> 8, header >>> 16], at);
    frame.set(block, at + 3);
    at += 3 + block.length;
  }
  return frame;
}

/** MurmurHash3 in its 32-bit form with seed 0: how sBPF names syscalls and internal functions in `call imm`. */

const textEncoder = new TextEncoder();

/** Hash of bytes, or of the UTF-8 form of a name, as an unsigned number. */
export function murmur3(input: Uint8Array | string): number {
  const bytes = typeof input === "string" ? textEncoder.encode(input) : input;
  const blocks = bytes.length & ~3;
  let hash = 0;
  for (let offset = 0; offset < blocks; offset += 4) {
    const word = bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24);
    hash = mixWord(hash, word);
  }
  let tail = 0;
  for (let offset = bytes.length - 1; offset >= blocks; offset--) tail = (tail << 8) | bytes[offset]!;
  if (blocks < bytes.length) hash ^= scramble(tail);
  return finish(hash, bytes.length);
}

/** Key of the internal function that begins at a slot: the hash of the slot's number as a little-endian u64. */
export function functionKey(pc: number): number {
  return finish(mixWord(mixWord(0, pc), 0), 8);
}

/** The slot whose function has a key: `functionKey` undone, which each of its steps allows. */
export function functionPc(key: number): number {
  let hash = key;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7ed1b41d);
  hash = Math.imul(hash ^ (hash >>> 13) ^ (hash >>> 26), 0xa5cb9243);
  hash ^= hash >>> 16;
  hash = unmixStep(unmixStep(hash ^ 8));
  hash = Math.imul(hash, 0x56ed309b);
  return Math.imul((hash >>> 15) | (hash << 17), 0xdee13bb1) >>> 0;
}

/** Key of the function a program begins with. */
export const entrypointKey = murmur3("entrypoint");

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}

function mixWord(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** Undoes what `mixWord` does behind its exclusive or. */
function unmixStep(hash: number): number {
  const rotated = Math.imul(hash - 0xe6546b64, 0xcccccccd);
  return (rotated >>> 13) | (rotated << 19);
}

function finish(hash: number, length: number): number {
  let mixed = hash ^ length;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

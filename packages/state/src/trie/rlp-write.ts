/** Sizes and headers of RLP, and unsigned integers in it, written in place. */

/** Bytes of the header before a string or list of `payload` bytes (a single byte below 0x80 has none: `stringSize`). */
export function headerSize(payload: number): number {
  return payload < 56 ? 1 : 1 + integerLength(payload);
}

/** Bytes of a string of `length` bytes that begins with `first`. */
export function stringSize(length: number, first: number): number {
  return length === 1 && first < 0x80 ? 1 : length + headerSize(length);
}

/** Writes the header of a string (`base` 0x80) or list (`base` 0xc0) and returns the offset behind it. */
export function writeHeader(bytes: Uint8Array, offset: number, base: 0x80 | 0xc0, payload: number): number {
  if (payload < 56) {
    bytes[offset] = base + payload;
    return offset + 1;
  }
  const length = integerLength(payload);
  bytes[offset] = base + 55 + length;
  for (let index = length, rest = payload; index > 0; index--, rest >>>= 8) bytes[offset + index] = rest;
  return offset + 1 + length;
}

/** Writes a string with its header and returns the offset behind it. */
export function writeString(bytes: Uint8Array, offset: number, value: Uint8Array): number {
  const at = value.length === 1 && (value[0] as number) < 0x80 ? offset : writeHeader(bytes, offset, 0x80, value.length);
  bytes.set(value, at);
  return at + value.length;
}

/** Bytes of an unsigned integer as a string. */
export function quantitySize(value: bigint): number {
  return value < 0x80n ? 1 : 1 + bigintLength(value);
}

/** Writes an unsigned integer as a string without leading zeros and returns the offset behind it. */
export function writeQuantity(bytes: Uint8Array, offset: number, value: bigint): number {
  if (value < 0x80n) {
    bytes[offset] = value === 0n ? 0x80 : Number(value);
    return offset + 1;
  }
  const length = bigintLength(value);
  bytes[offset] = 0x80 + length;
  const end = offset + 1 + length;
  let at = end - 1;
  for (let rest = value; at > offset; rest >>= 32n) {
    for (let limb = Number(rest & 0xffff_ffffn), count = 0; count < 4 && at > offset; count++, limb >>>= 8) bytes[at--] = limb;
  }
  return end;
}

/** Bytes of a number below 2^32 without leading zeros; 0 for 0. */
function integerLength(value: number): number {
  return (39 - Math.clz32(value)) >> 3;
}

/** Bytes of an unsigned bigint without leading zeros; 0 for 0. */
function bigintLength(value: bigint): number {
  let length = 0;
  let rest = value;
  for (; rest > 0xffff_ffffn; rest >>= 32n) length += 4;
  return length + integerLength(Number(rest));
}

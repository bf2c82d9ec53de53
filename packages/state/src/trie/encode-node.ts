/**
 * RLP of nodes (Yellow Paper, appendix D), written straight to where it is hashed. A node is encoded once the
 * references of its children are known: first its size, then its bytes.
 */
import { nibbleAt } from "./nibbles.ts";
import { type AccountValue, type Branch, type TrieNode, type TrieValue, writeReference } from "./node.ts";
import { headerSize, quantitySize, stringSize, writeHeader, writeQuantity, writeString } from "./rlp-write.ts";
import { writeRoot } from "./root.ts";

/** Bytes of the node's list without its header. */
export function payloadSize(node: TrieNode): number {
  if (node.kind === "leaf") return pathSize(node.key.length * 2 - node.depth) + valueSize(node.value);
  if (node.kind === "extension") return pathSize(node.end - node.depth) + referenceSize(node.child);
  let size = node.value === undefined ? 1 : valueSize(node.value);
  for (let nibble = 0; nibble < 16; nibble++) {
    const child = node.children[nibble];
    size += child === undefined ? 1 : referenceSize(child);
  }
  return size;
}

/** Writes the node's RLP at `offset`; `payload` is its `payloadSize`. `view` shows the same memory as `bytes`. */
export function writeNode(node: TrieNode, payload: number, bytes: Uint8Array, view: DataView, offset: number): void {
  let at = writeHeader(bytes, offset, 0xc0, payload);
  if (node.kind === "leaf") {
    at = writePath(bytes, at, node.key, node.depth, node.key.length * 2, 0x20);
    writeValue(node.value, bytes, view, at);
  } else if (node.kind === "extension") {
    at = writePath(bytes, at, node.key, node.depth, node.end, 0);
    writeChild(node.child, bytes, view, at);
  } else {
    writeBranch(node, bytes, view, at);
  }
}

/** RLP of a node whose children have references, in a new array. */
export function encodeNode(node: TrieNode): Uint8Array {
  const payload = payloadSize(node);
  const bytes = new Uint8Array(headerSize(payload) + payload);
  writeNode(node, payload, bytes, new DataView(bytes.buffer), 0);
  return bytes;
}

function writeBranch(branch: Branch, bytes: Uint8Array, view: DataView, offset: number): void {
  let at = offset;
  for (let nibble = 0; nibble < 16; nibble++) {
    const child = branch.children[nibble];
    if (child === undefined) bytes[at++] = 0x80;
    else at = writeChild(child, bytes, view, at);
  }
  if (branch.value === undefined) bytes[at] = 0x80;
  else writeValue(branch.value, bytes, view, at);
}

function referenceSize(child: TrieNode): number {
  return child.referenceLength === 32 ? 33 : child.referenceLength;
}

function writeChild(child: TrieNode, bytes: Uint8Array, view: DataView, offset: number): number {
  if (child.referenceLength === 32) {
    bytes[offset] = 0xa0;
    writeReference(child, view, offset + 1);
    return offset + 33;
  }
  const embedded = new Uint8Array(32);
  writeReference(child, new DataView(embedded.buffer), 0);
  bytes.set(embedded.subarray(0, child.referenceLength), offset);
  return offset + child.referenceLength;
}

/** Bytes of a hex-prefix path of `count` nibbles as a string; its first byte is always below 0x80. */
function pathSize(count: number): number {
  return stringSize((count >> 1) + 1, 0);
}

/** Hex-prefix encoding of the nibbles of `key` from `from` to `end` (Yellow Paper, appendix C). */
function writePath(bytes: Uint8Array, offset: number, key: Uint8Array, from: number, end: number, flag: 0 | 0x20): number {
  const count = end - from;
  const length = (count >> 1) + 1;
  let at = length === 1 ? offset : writeHeader(bytes, offset, 0x80, length);
  const odd = count & 1;
  bytes[at++] = odd === 1 ? flag | 0x10 | nibbleAt(key, from) : flag;
  const start = from + odd;
  if ((start & 1) === 0) {
    for (let index = start >> 1; index < end >> 1; index++) bytes[at++] = key[index] as number;
  } else {
    for (let index = start; index < end; index += 2) bytes[at++] = (nibbleAt(key, index) << 4) | nibbleAt(key, index + 1);
  }
  return at;
}

function valueSize(value: TrieValue): number {
  if (value instanceof Uint8Array) return stringSize(value.length, value[0] as number);
  const size = accountPayloadSize(value) + 2;
  return size + headerSize(size);
}

function writeValue(value: TrieValue, bytes: Uint8Array, view: DataView, offset: number): void {
  if (value instanceof Uint8Array) {
    writeString(bytes, offset, value);
    return;
  }
  const payload = accountPayloadSize(value);
  const at = writeHeader(bytes, offset, 0x80, payload + 2);
  writeAccount(value, payload, bytes, view, at);
}

/** Payload of an account's RLP: 68 to 108 bytes, so that its list header has 2. */
function accountPayloadSize(value: AccountValue): number {
  return quantitySize(value.nonce) + quantitySize(value.balance) + 66;
}

function writeAccount(value: AccountValue, payload: number, bytes: Uint8Array, view: DataView, offset: number): void {
  let at = writeHeader(bytes, offset, 0xc0, payload);
  at = writeQuantity(bytes, at, value.nonce);
  at = writeQuantity(bytes, at, value.balance);
  bytes[at] = 0xa0;
  writeRoot(value.storage, bytes, view, at + 1);
  bytes[at + 33] = 0xa0;
  bytes.set(value.codeHash, at + 34);
}

/** Giving references to the nodes that an update made: level by level from the deepest, each level in batches. */
import { createKeccakBatch, type KeccakBatch, keccak256 } from "@trireme/core";
import { payloadSize, writeNode } from "./encode-node.ts";
import { setReference, type TrieNode } from "./node.ts";
import { headerSize } from "./rlp-write.ts";

let shared: KeccakBatch | undefined;

/** The batch that everything in this folder hashes with; synchronous use only, empty between uses. */
export function keccakBatch(): KeccakBatch {
  shared ??= createKeccakBatch();
  return shared;
}

/** Gives every node under `root` its reference; looks only at nodes that have none. Storage tries below accounts are included. */
export function hashNodes(root: TrieNode | undefined): void {
  if (root === undefined || root.referenceLength !== 0) return;
  const levels: TrieNode[][] = [];
  collect(root, levels);
  const batch = keccakBatch();
  for (const level of levels) hashLevel(level, batch);
}

/** Sorts the nodes without reference by height: all that a node's encoding needs lies in lower levels. */
function collect(node: TrieNode, levels: TrieNode[][]): number {
  let height = 0;
  if (node.kind === "branch") {
    for (let nibble = 0; nibble < 16; nibble++) {
      const child = node.children[nibble];
      if (child !== undefined && child.referenceLength === 0) height = Math.max(height, collect(child, levels) + 1);
    }
  } else if (node.kind === "extension") {
    if (node.child.referenceLength === 0) height = collect(node.child, levels) + 1;
  } else if (!(node.value instanceof Uint8Array)) {
    const { storage } = node.value;
    if (storage !== undefined && storage.referenceLength === 0) height = collect(storage, levels) + 1;
  }
  (levels[height] ??= []).push(node);
  return height;
}

function hashLevel(level: readonly TrieNode[], batch: KeccakBatch): void {
  const { bytes, view } = batch;
  let waiting: TrieNode[] = [];
  for (const node of level) {
    const payload = payloadSize(node);
    const size = headerSize(payload) + payload;
    if (size < 32 || size > bytes.length) {
      encodeAlone(node, payload, size);
      continue;
    }
    let offset = batch.reserve(size);
    if (offset === -1) {
      takeDigests(waiting, batch);
      waiting = [];
      offset = batch.reserve(size);
    }
    writeNode(node, payload, bytes, view, offset);
    waiting.push(node);
  }
  takeDigests(waiting, batch);
}

function takeDigests(waiting: readonly TrieNode[], batch: KeccakBatch): void {
  batch.hash();
  for (let index = 0; index < waiting.length; index++) setReference(waiting[index] as TrieNode, 32, batch.digestView, index * 32);
}

/** A node that is embedded in its parent because it is short, or too long for the batch. */
function encodeAlone(node: TrieNode, payload: number, size: number): void {
  const encoded = new Uint8Array(Math.max(size, 32));
  writeNode(node, payload, encoded, new DataView(encoded.buffer), 0);
  const reference = size < 32 ? encoded : keccak256(encoded);
  setReference(node, Math.min(size, 32), new DataView(reference.buffer), 0);
}

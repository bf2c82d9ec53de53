/** keccak256 of many byte strings, in batches. */
import { keccak256 } from "@trireme/core";
import { keccakBatch } from "./hash-nodes.ts";

/** The digest of each message, in order, each in an array of its own. */
export function keccakMany(messages: readonly Uint8Array[]): Uint8Array[] {
  const batch = keccakBatch();
  const digests: Uint8Array[] = [];
  let first = 0;
  const drain = (end: number) => {
    const count = batch.hash();
    for (let index = 0; index < count; index++) digests[first + index] = batch.digests.slice(index * 32, index * 32 + 32);
    first = end;
  };
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index] as Uint8Array;
    let offset = batch.reserve(message.length);
    if (offset === -1) {
      drain(index);
      offset = batch.reserve(message.length);
    }
    if (offset === -1) {
      digests.push(keccak256(message));
      first = index + 1;
    } else batch.bytes.set(message, offset);
  }
  drain(messages.length);
  return digests;
}

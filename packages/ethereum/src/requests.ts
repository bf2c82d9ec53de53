/** Requests of the execution layer to the consensus layer (EIP-7685). */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, type Hash } from "@trireme/core";

/** Hash of a block's requests: each is its type byte and its data; those without data count for nothing. */
export function hashRequests(requests: readonly Uint8Array[]): Hash {
  const hashes = requests.filter((request) => request.length > 1).map((request) => sha256(request));
  return sha256(concatBytes(...hashes)) as Hash;
}

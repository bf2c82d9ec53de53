/** The network form of a blob transaction (EIP-4844, EIP-7594): the transaction, its blobs, commitments and proofs. */
import { createHash } from "node:crypto";
import { concatBytes, equalBytes } from "@trireme/core";
import { decodeRlp, encodeRlp, type RlpItem } from "@trireme/ethereum";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";

const BLOB_TYPE = 3;
const VERSIONED_HASH_FIELD = 10;

/**
 * The bytes that stand in a block. A blob transaction in its network form loses its sidecar, after its commitments
 * were found to give the versioned hashes; the KZG proofs are not checked, since this node serves no blobs to others.
 * All other bytes come back unchanged.
 */
export function unwrapBlobTransaction(raw: Uint8Array): Uint8Array {
  if (raw[0] !== BLOB_TYPE) return raw;
  let wrapper: RlpItem;
  try {
    wrapper = decodeRlp(raw.subarray(1));
  } catch {
    return raw;
  }
  if (wrapper instanceof Uint8Array) return raw;
  const payload = wrapper[0];
  if (payload === undefined || payload instanceof Uint8Array) return raw;
  // rlp([payload, blobs, commitments, proofs]), or rlp([payload, 1, blobs, commitments, cellProofs]) from Osaka on.
  const commitments = wrapper.length === 4 ? wrapper[2] : wrapper.length === 5 ? wrapper[3] : undefined;
  const hashes = payload[VERSIONED_HASH_FIELD];
  if (!isList(commitments) || !isList(hashes)) throw malformed(`${wrapper.length} parts`);
  const isWhole = commitments.length === hashes.length && commitments.every((commitment, index) => fits(commitment, hashes[index]));
  if (!isWhole) throw malformed(`${commitments.length} commitments that do not give the ${hashes.length} versioned hashes`);
  return concatBytes(Uint8Array.of(BLOB_TYPE), encodeRlp(payload));
}

/** EIP-4844: a versioned hash is 0x01 and the last 31 bytes of the commitment's sha256. */
function fits(commitment: RlpItem, hash: RlpItem | undefined): boolean {
  if (!(commitment instanceof Uint8Array) || !(hash instanceof Uint8Array)) return false;
  const digest = createHash("sha256").update(commitment).digest();
  digest[0] = 1;
  return equalBytes(digest, hash);
}

function isList(item: RlpItem | undefined): item is readonly RlpItem[] {
  return item !== undefined && !(item instanceof Uint8Array);
}

function malformed(came: string): RpcError {
  return new RpcError(
    rpcErrorCodes.invalidParams,
    `invalid blob sidecar: expected [transaction, blobs, commitments, proofs] or [transaction, 1, blobs, commitments, cell proofs], got ${came}`,
  );
}

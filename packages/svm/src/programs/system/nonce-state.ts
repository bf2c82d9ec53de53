/** The state of a durable nonce account, 80 bytes. */
import { concatBytes, pubkeyFromBytes, type Hash, type Pubkey } from "@trireme/core";
import { sha256 } from "../../runtime/program-address.ts";

/** Bytes of a nonce account. */
export const nonceStateLength = 80;

const noncePrefix = new TextEncoder().encode("DURABLE_NONCE");

/** A nonce that was initialized. */
export interface NonceData {
  readonly authority: Pubkey;
  /** What a transaction names in place of a recent blockhash. */
  readonly nonce: Hash;
  readonly lamportsPerSignature: bigint;
}

/** Both layers of the state. Nonces of the legacy version, whose value may be a blockhash, serve no transaction. */
export interface NonceState {
  readonly isLegacy: boolean;
  /** Undefined: not initialized. */
  readonly data: NonceData | undefined;
}

/** The nonce that follows from the newest blockhash. */
export function nonceOfBlockhash(blockhash: Uint8Array): Hash {
  return sha256(concatBytes(noncePrefix, blockhash)) as Hash;
}

/** Reads account data; undefined where it is no nonce state. Bytes behind it are allowed. */
export function decodeNonceState(bytes: Uint8Array): NonceState | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(0, true);
  const state = view.getUint32(4, true);
  if (version > 1 || state > 1) return undefined;
  if (state === 0) return { isLegacy: version === 0, data: undefined };
  if (bytes.length < nonceStateLength) return undefined;
  const authority = pubkeyFromBytes(bytes.slice(8, 40));
  const nonce = bytes.slice(40, 72) as Hash;
  return { isLegacy: version === 0, data: { authority, nonce, lamportsPerSignature: view.getBigUint64(72, true) } };
}

/** As it stands in account data: 8 bytes where it is not initialized. */
export function encodeNonceState({ isLegacy, data }: NonceState): Uint8Array {
  const bytes = new Uint8Array(data === undefined ? 8 : nonceStateLength);
  bytes[0] = isLegacy ? 0 : 1;
  if (data !== undefined) {
    bytes[4] = 1;
    bytes.set(data.authority, 8);
    bytes.set(data.nonce, 40);
    new DataView(bytes.buffer).setBigUint64(72, data.lamportsPerSignature, true);
  }
  return bytes;
}

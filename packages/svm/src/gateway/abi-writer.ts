/** Writes Solidity's ABI encoding of the gateway's results and errors. */
import { bigintToBytes, concatBytes, keccak256 } from "@trireme/core";

/** A value of a result. `bytes` and text stand in the tail. */
export type AbiValue =
  | { readonly kind: "word"; readonly value: bigint | Uint8Array | boolean }
  | { readonly kind: "bytes"; readonly value: Uint8Array };

/** A static value: a number, a truth value, or bytes that are padded to the left. */
export function word(value: bigint | Uint8Array | boolean): AbiValue {
  return { kind: "word", value };
}

/** A dynamic value. */
export function bytesValue(value: Uint8Array): AbiValue {
  return { kind: "bytes", value };
}

/** The encoding of a tuple. */
export function encodeAbi(...values: readonly AbiValue[]): Uint8Array {
  const head: Uint8Array[] = [];
  const tail: Uint8Array[] = [];
  let offset = 32 * values.length;
  for (const { kind, value } of values) {
    if (kind === "word") {
      head.push(encodeWord(value));
      continue;
    }
    const padded = concatBytes(encodeWord(BigInt(value.length)), value, new Uint8Array(-value.length & 31));
    head.push(encodeWord(BigInt(offset)));
    tail.push(padded);
    offset += padded.length;
  }
  return concatBytes(...head, ...tail);
}

/** The encoding of a tuple of one `bytes`: what most calls end with. */
export function encodeBytes(value: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(64 + ((value.length + 31) & ~31));
  encoded[31] = 32;
  if (value.length === 0) return encoded;
  new DataView(encoded.buffer).setUint32(60, value.length);
  encoded.set(value, 64);
  return encoded;
}

/** The first four bytes of a signature's hash. */
export function selectorOf(signature: string): Uint8Array {
  return keccak256(new TextEncoder().encode(signature)).slice(0, 4);
}

/** Revert data of a custom error. */
export function encodeAbiError(signature: string, ...values: readonly AbiValue[]): Uint8Array {
  return concatBytes(selectorOf(signature), encodeAbi(...values));
}

function encodeWord(value: bigint | Uint8Array | boolean): Uint8Array {
  if (typeof value === "object") return concatBytes(new Uint8Array(32 - value.length), value);
  return bigintToBytes(BigInt(value), 32);
}

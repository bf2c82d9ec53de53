/** Values in IDLs. */
import { isTriremeError, pubkeyFromBase58 } from "@trireme/core";
import type { JsonCursor } from "./json-cursor.ts";

/** 32 bytes of base58. */
export function readPubkey(cursor: JsonCursor): Uint8Array {
  try {
    return pubkeyFromBase58(cursor.text());
  } catch (error) {
    return isTriremeError(error) && error.code === "INVALID_PUBKEY" ? cursor.refuse("a pubkey in base58") : raise(error);
  }
}

/** A list of bytes. */
export function readBytes(cursor: JsonCursor, most: number): Uint8Array {
  const items = cursor.items();
  if (items.length > most) cursor.refuse(`at most ${most} bytes`);
  return Uint8Array.from(items.map((item) => item.integer(0, 255)));
}

function raise(error: unknown): never {
  throw error;
}

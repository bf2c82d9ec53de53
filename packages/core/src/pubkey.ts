/** 32-byte Solana public keys: the names under which SVM programs know accounts. */
import { base58 } from "@scure/base";
import type { Brand } from "./brand.ts";
import { TriremeError } from "./errors.ts";

/** 32 bytes. Never written to after it was made. */
export type Pubkey = Brand<Uint8Array, "Pubkey">;

/** The System program: 32 zero bytes, `11111111111111111111111111111111`. It owns every account nobody assigned. */
export const systemProgram: Pubkey = new Uint8Array(32) as Pubkey;

/** Brands 32 bytes; the array is not copied. @throws TriremeError `INVALID_PUBKEY` on another length. */
export function pubkeyFromBytes(bytes: Uint8Array): Pubkey {
  if (bytes.length !== 32) throw new TriremeError("INVALID_PUBKEY", `expected a pubkey of 32 bytes, got ${bytes.length}`);
  return bytes as Pubkey;
}

/** Reads base58. @throws TriremeError `INVALID_PUBKEY` when it is not base58 of exactly 32 bytes. */
export function pubkeyFromBase58(text: string): Pubkey {
  // 32 bytes are 32 to 44 characters; the bound keeps hostile input from the quadratic decoder.
  let bytes: Uint8Array | undefined;
  if (text.length >= 32 && text.length <= 44) {
    try {
      bytes = base58.decode(text);
    } catch {
      bytes = undefined;
    }
  }
  if (bytes?.length !== 32) {
    throw new TriremeError("INVALID_PUBKEY", `expected a pubkey: base58 of 32 bytes, got ${JSON.stringify(text.slice(0, 80))}`);
  }
  return bytes as Pubkey;
}

/** base58 form. */
export function pubkeyToBase58(pubkey: Pubkey): string {
  return base58.encode(pubkey);
}

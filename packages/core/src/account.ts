/** Accounts: what every VM shares, and the record that makes one an SVM account. */
import { concatBytes } from "./bytes.ts";
import { TriremeError } from "./errors.ts";
import type { EnvironmentId } from "./environment.ts";
import { pubkeyFromBytes, type Pubkey } from "./pubkey.ts";

/**
 * What was deployed to an account; routing reads it, never the caller's hint.
 * `none`: a wallet, usable from every VM. `code`: runs in `environment`. `program`: an executable SVM account.
 * `data`: an SVM account that holds data or has another owner than the System program.
 */
export type AccountKind =
  | { readonly kind: "none" }
  | { readonly kind: "code"; readonly environment: EnvironmentId }
  | { readonly kind: "program"; readonly environment: EnvironmentId }
  | { readonly kind: "data" };

/** The SVM record of an account: it binds the pubkey to the address (rule 1). Lamports are the balance. */
export interface SvmRecord {
  readonly pubkey: Pubkey;
  readonly owner: Pubkey;
  readonly executable: boolean;
  /** Bytes of account data, at most 10 MiB. */
  readonly dataLength: number;
}

/** Largest account data, as on Solana: 10 MiB. */
export const maxAccountDataLength = 10 * 1024 * 1024;
/** Account data is undone, versioned and hashed by pages of this many bytes (rules 13 and 15). */
export const accountDataPageSize = 4096;

/**
 * First bytes of the designator code of an SVM account. Reserved: outside EF00 (EOF), EF01 (EIP-7702) and EFF0
 * (Stylus); no create and no authorisation can produce it (rule 15).
 */
export const svmDesignatorPrefix: Uint8Array = Uint8Array.of(0xef, 0x53, 0x01);
/** Length of a designator: prefix, pubkey, owner, executable flag. */
export const svmDesignatorLength = 3 + 32 + 32 + 1;
/** First bytes of an EIP-7702 delegation designator, before the 20-byte address. */
export const delegationPrefix: Uint8Array = Uint8Array.of(0xef, 0x01, 0x00);

/** The fixed-length code that the EVM sees of an SVM account. Does not depend on the data. */
export function svmDesignator(record: Pick<SvmRecord, "pubkey" | "owner" | "executable">): Uint8Array {
  return concatBytes(svmDesignatorPrefix, record.pubkey, record.owner, Uint8Array.of(record.executable ? 1 : 0));
}

/** Whether code is an SVM designator: the exact length and prefix. */
export function isSvmDesignator(code: Uint8Array): boolean {
  return code.length === svmDesignatorLength && hasPrefix(code, svmDesignatorPrefix);
}

/** Reads a designator back. @throws TriremeError `INVALID_ENCODING` when `code` is not one. */
export function svmRecordFromDesignator(code: Uint8Array): Pick<SvmRecord, "pubkey" | "owner" | "executable"> {
  const flag = code[svmDesignatorLength - 1];
  if (!isSvmDesignator(code) || (flag !== 0 && flag !== 1)) {
    throw new TriremeError("INVALID_ENCODING", `expected an SVM designator of ${svmDesignatorLength} bytes, got ${code.length} bytes`);
  }
  return { pubkey: pubkeyFromBytes(code.slice(3, 35)), owner: pubkeyFromBytes(code.slice(35, 67)), executable: flag === 1 };
}

/** The address that EIP-7702 code delegates to, or undefined when `code` is no delegation (exactly 23 bytes). */
export function delegationTarget(code: Uint8Array): Uint8Array | undefined {
  return code.length === 23 && hasPrefix(code, delegationPrefix) ? code.slice(3) : undefined;
}

/** Whether `code` begins with `prefix`. */
export function hasPrefix(code: Uint8Array, prefix: Uint8Array): boolean {
  if (code.length < prefix.length) return false;
  for (let index = 0; index < prefix.length; index++) if (code[index] !== prefix[index]) return false;
  return true;
}

/**
 * Layout of an encoded outcome. It lives as long as a block runs and is never stored, so it has no version.
 *
 * | part | what |
 * | --- | --- |
 * | kind | `outcomeKind` |
 * | error | unless it was executed: code, message, `errorFlag`, further fields as JSON |
 * | head | unless it is invalid: `headFlag`, `resultFlag` |
 * | numbers | gas used, price, blob gas, burnt |
 * | lists | logs, program logs |
 * | result | by its kind |
 * | the rest | created, extra, involved: as `headFlag` says |
 *
 * Lengths and counts are LEB128. A text is its length * 2 in UTF-8, or units * 2 + 1 and its UTF-16 where UTF-8 has no form for
 * it. An integer is a byte that counts what follows: up to 7 bytes of a safe integer, else 8 bytes for each 64 bits; all
 * little-endian and as short as can be.
 */
import type { CommonHaltReason, RefusalReason } from "@trireme/core";

export const outcomeKind = { executed: 0, feeOnly: 1, invalid: 2 } as const;
export const resultKind = { success: 0, revert: 1, halt: 2 } as const;

/** The two lowest bits are the kind of the result. */
export const headFlag = { succeeded: 4, created: 8, extra: 16, involved: 32 } as const;
/** Optional fields of a result; which of them depends on its kind. */
export const resultFlag = { returnedBy: 1, created: 2, refused: 4, error: 8, detail: 16 } as const;
export const errorFlag = { hasTemporary: 1, isTemporary: 2, fields: 4 } as const;
export const involvedFlag = { isWritten: 1, hasUnread: 2, isUnread: 4 } as const;

/** What an error has of core: its other fields are its dialect's. */
export const commonErrorFields: ReadonlySet<string> = new Set(["code", "message", "isTemporary"]);

const haltCodes: Readonly<Record<CommonHaltReason, number>> = {
  outOfGas: 0,
  invalidOpcode: 1,
  stackUnderflow: 2,
  stackOverflow: 3,
  invalidJump: 4,
  writeProtection: 5,
  returnDataOutOfBounds: 6,
  memoryLimit: 7,
  createCollision: 8,
  codeSizeLimit: 9,
  initCodeSizeLimit: 10,
  invalidCode: 11,
  nonceOverflow: 12,
  balanceOverflow: 13,
  precompileFailure: 14,
  reentryLimit: 15,
  noEnvironment: 16,
  lamportsOverflow: 17,
  accountFrozen: 18,
};
/** The code of every other reason, whose text follows. */
export const otherHalt = 255;
export const haltCodeOf: ReadonlyMap<string, number> = new Map(Object.entries(haltCodes));
export const haltOfCode: readonly CommonHaltReason[] = Object.keys(haltCodes) as CommonHaltReason[];

const refusalCodes: Readonly<Record<RefusalReason, number>> = {
  insufficientBalance: 0,
  callDepth: 1,
  notCallable: 2,
  nonceOverflow: 3,
  notLoaded: 4,
};
export const refusalCodeOf: ReadonlyMap<string, number> = new Map(Object.entries(refusalCodes));
export const refusalOfCode: readonly RefusalReason[] = Object.keys(refusalCodes) as RefusalReason[];

/** EVM programs of the suite: mnemonics and values to code. */
import { bigintToBytes, concatBytes, emptyBytes } from "@trireme/core";

const CODES = {
  STOP: 0x00,
  ADD: 0x01,
  SUB: 0x03,
  LT: 0x10,
  ISZERO: 0x15,
  ADDRESS: 0x30,
  CALLER: 0x33,
  CALLVALUE: 0x34,
  CALLDATALOAD: 0x35,
  CALLDATASIZE: 0x36,
  CALLDATACOPY: 0x37,
  CODECOPY: 0x39,
  RETURNDATASIZE: 0x3d,
  RETURNDATACOPY: 0x3e,
  MLOAD: 0x51,
  MSTORE: 0x52,
  SLOAD: 0x54,
  SSTORE: 0x55,
  JUMP: 0x56,
  JUMPI: 0x57,
  GAS: 0x5a,
  JUMPDEST: 0x5b,
  TLOAD: 0x5c,
  TSTORE: 0x5d,
  DUP1: 0x80,
  SWAP1: 0x90,
  LOG1: 0xa1,
  CALL: 0xf1,
  CALLCODE: 0xf2,
  RETURN: 0xf3,
  DELEGATECALL: 0xf4,
  STATICCALL: 0xfa,
  REVERT: 0xfd,
  INVALID: 0xfe,
} as const;

/**
 * An instruction by its name, a number to push, bytes to push (at most 32), code as it is, a place with a name, or the
 * offset of one to push.
 */
export type EvmPart =
  | keyof typeof CODES
  | number
  | bigint
  | Uint8Array
  | { readonly code: Uint8Array }
  | { readonly mark: string }
  | { readonly offsetOf: string };

/** The code of a program. */
export function assembleEvm(...parts: readonly EvmPart[]): Uint8Array {
  const marks = new Map<string, number>();
  let offset = 0;
  for (const part of parts) {
    if (typeof part === "object" && "mark" in part) marks.set(part.mark, offset);
    offset += encode(part, marks).length;
  }
  return concatBytes(...parts.map((part) => encode(part, marks)));
}

/** A place to jump to. */
export const destination = (mark: string): EvmPart[] => [{ mark }, "JUMPDEST"];

/** Ends a program: the top of the stack is its output, one word. */
export const returnTop: readonly EvmPart[] = [0, "MSTORE", 32, 0, "RETURN"];

function encode(part: EvmPart, marks: ReadonlyMap<string, number>): Uint8Array {
  if (typeof part === "string") return Uint8Array.of(CODES[part]);
  if (part instanceof Uint8Array) return concatBytes(Uint8Array.of(0x5f + part.length), part);
  if (typeof part === "object") {
    if ("mark" in part) return emptyBytes;
    if ("code" in part) return part.code;
    return concatBytes(Uint8Array.of(0x61), bigintToBytes(BigInt(marks.get(part.offsetOf) ?? 0), 2));
  }
  const value = BigInt(part);
  const length = Math.max(1, Math.ceil(value.toString(16).length / 2));
  return concatBytes(Uint8Array.of(0x5f + length), bigintToBytes(value, length));
}

/** EVM programs for tests: mnemonics and values to code. */
import { bigintToBytes, concatBytes, emptyBytes } from "@trireme/core";

const CODES = {
  STOP: 0x00,
  ADD: 0x01,
  MUL: 0x02,
  SUB: 0x03,
  DIV: 0x04,
  MOD: 0x06,
  EXP: 0x0a,
  SIGNEXTEND: 0x0b,
  LT: 0x10,
  ISZERO: 0x15,
  CLZ: 0x1e,
  KECCAK256: 0x20,
  ADDRESS: 0x30,
  BALANCE: 0x31,
  ORIGIN: 0x32,
  CALLER: 0x33,
  CALLVALUE: 0x34,
  CALLDATALOAD: 0x35,
  CALLDATASIZE: 0x36,
  CALLDATACOPY: 0x37,
  CODESIZE: 0x38,
  CODECOPY: 0x39,
  GASPRICE: 0x3a,
  EXTCODESIZE: 0x3b,
  RETURNDATASIZE: 0x3d,
  RETURNDATACOPY: 0x3e,
  EXTCODEHASH: 0x3f,
  BLOCKHASH: 0x40,
  COINBASE: 0x41,
  TIMESTAMP: 0x42,
  NUMBER: 0x43,
  PREVRANDAO: 0x44,
  GASLIMIT: 0x45,
  CHAINID: 0x46,
  SELFBALANCE: 0x47,
  BASEFEE: 0x48,
  BLOBHASH: 0x49,
  BLOBBASEFEE: 0x4a,
  POP: 0x50,
  MLOAD: 0x51,
  MSTORE: 0x52,
  SLOAD: 0x54,
  SSTORE: 0x55,
  JUMP: 0x56,
  JUMPI: 0x57,
  MSIZE: 0x59,
  GAS: 0x5a,
  JUMPDEST: 0x5b,
  TLOAD: 0x5c,
  TSTORE: 0x5d,
  MCOPY: 0x5e,
  PUSH0: 0x5f,
  DUP1: 0x80,
  DUP2: 0x81,
  SWAP1: 0x90,
  LOG0: 0xa0,
  LOG1: 0xa1,
  LOG2: 0xa2,
  CREATE: 0xf0,
  CALL: 0xf1,
  CALLCODE: 0xf2,
  RETURN: 0xf3,
  DELEGATECALL: 0xf4,
  CREATE2: 0xf5,
  STATICCALL: 0xfa,
  REVERT: 0xfd,
  INVALID: 0xfe,
  SELFDESTRUCT: 0xff,
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

/** Ends a program: everything that the last call returned is its output. */
export const returnReturnData: readonly EvmPart[] = ["RETURNDATASIZE", 0, 0, "RETURNDATACOPY", "RETURNDATASIZE", 0, "RETURN"];

/** Init code that deploys `code`, of any length. */
export function evmDeployment(code: Uint8Array): Uint8Array {
  return assembleEvm(code.length, "DUP1", { offsetOf: "code" }, 0, "CODECOPY", 0, "RETURN", { mark: "code" }, { code });
}

/** Puts bytes into memory from offset 0 on. */
export function evmStore(bytes: Uint8Array): EvmPart[] {
  const parts: EvmPart[] = [];
  for (let offset = 0; offset < bytes.length; offset += 32) {
    const chunk = new Uint8Array(32);
    chunk.set(bytes.subarray(offset, offset + 32));
    parts.push(chunk, offset, "MSTORE");
  }
  return parts;
}

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

/** A module as code of an account, and the init code that deploys it. */
import { brotliCompressSync, constants } from "node:zlib";
import { bigintToBytes, concatBytes, hexToBytes, TriremeError } from "@trireme/core";

/** `EF F0 00` and the dictionary's number: none. */
const prefix = hexToBytes("0xeff00000");
/** Largest code of an account (EIP-170). */
const maxCodeSize = 24_576;
/** Largest module that activation takes (ArbOS 40). */
const maxWasmSize = 131_072;

/** A module's code: the prefix and its brotli stream (quality 11, window 22). @throws TriremeError `LIMIT_EXCEEDED` */
export function codeFromWasm(wasm: Uint8Array): Uint8Array {
  if (wasm.length > maxWasmSize)
    throw new TriremeError("LIMIT_EXCEEDED", `expected a module of at most ${maxWasmSize} bytes, got ${wasm.length}`);
  const compressed = brotliCompressSync(wasm, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length,
    },
  });
  const code = concatBytes(prefix, compressed);
  if (code.length > maxCodeSize)
    throw new TriremeError("LIMIT_EXCEEDED", `expected code of at most ${maxCodeSize} bytes (EIP-170), got ${code.length}`);
  return code;
}

/** EVM init code that returns `code`: PUSH32 length, DUP1, PUSH1 43, PUSH1 0, CODECOPY, PUSH1 0, RETURN, a version byte, the code. */
export function initCodeFromCode(code: Uint8Array): Uint8Array {
  return concatBytes(hexToBytes("0x7f"), bigintToBytes(BigInt(code.length), 32), hexToBytes("0x80602b6000396000f300"), code);
}

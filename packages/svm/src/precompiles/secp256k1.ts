/** `KeccakSecp256k111…`: Ethereum's signatures over keccak256, against addresses. */
import { equalBytes, keccak256 } from "@trireme/core";
import { isStandardSignature, recoverPublicKey } from "../crypto/recover-public-key.ts";
import { precompileError, type PrecompileVerifier } from "./precompile.ts";

const offsetsLength = 11;
const offsetsStart = 1;
const signatureLength = 64;
const addressLength = 20;

/** Any number of signatures, each by eleven bytes: three pairs of a u16 offset and, behind them, a u8 instruction; there is no index for "this one". */
export const verifySecp256k1Instruction: PrecompileVerifier = (data, all) => {
  const count = data[0];
  if (count === undefined || (count === 0 && data.length > 1) || data.length < offsetsStart + count * offsetsLength) {
    throw precompileError("InvalidInstructionDataSize");
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let index = 0; index < count; index++) verifyOne(view, offsetsStart + index * offsetsLength, all);
};

function verifyOne(view: DataView, start: number, all: readonly Uint8Array[]): void {
  const source = all[view.getUint8(start + 2)];
  if (source === undefined) throw precompileError("InvalidInstructionDataSize");
  const from = view.getUint16(start, true);
  // The recovery id stands behind the signature.
  const recovery = source[from + signatureLength];
  if (recovery === undefined) throw precompileError("InvalidSignature");
  const signature = source.subarray(from, from + signatureLength);
  if (!isStandardSignature(signature)) throw precompileError("InvalidSignature");
  if (recovery > 3) throw precompileError("InvalidRecoveryId");
  const address = part(all, view.getUint8(start + 5), view.getUint16(start + 3, true), addressLength);
  const message = part(all, view.getUint8(start + 10), view.getUint16(start + 6, true), view.getUint16(start + 8, true));
  const publicKey = recoverPublicKey(keccak256(message), recovery, signature);
  if (publicKey === undefined || !equalBytes(keccak256(publicKey).subarray(12), address)) throw precompileError("InvalidSignature");
}

function part(all: readonly Uint8Array[], instruction: number, offset: number, length: number): Uint8Array {
  const source = all[instruction];
  if (source === undefined) throw precompileError("InvalidDataOffsets");
  if (offset + length > source.length) throw precompileError("InvalidSignature");
  return source.subarray(offset, offset + length);
}

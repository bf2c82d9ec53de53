/** `Secp256r1SigVerify1111…`: ECDSA over P-256 and SHA-256, as passkeys sign (SIMD-0075). */
import { rethrowStackOverflow } from "@trireme/core";
import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { countSignatures, precompileError, signatureParts, type PrecompileVerifier } from "./precompile.ts";

const mostSignatures = 8;
const orderMinusOne = fromHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550");
const halfOrder = fromHex("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8");
/** DER before the 33 bytes of a compressed point of P-256 (RFC 5480). */
const spkiPrefix = fromHex("3039301306072a8648ce3d020106082a8648ce3d030107032200");

/** One to eight signatures. r and s are not 0 and below the order, s is in its lower half; keys are compressed points. */
export const verifySecp256r1Instruction: PrecompileVerifier = (data, all) => {
  const count = countSignatures(data, 1, mostSignatures);
  for (let index = 0; index < count; index++) {
    const parts = signatureParts(data, all, index, 33);
    const signature = parts.signature();
    const publicKey = parts.publicKey();
    const message = parts.message();
    if (!isWithin(signature.subarray(0, 32), orderMinusOne) || !isWithin(signature.subarray(32), halfOrder)) {
      throw precompileError("InvalidSignature");
    }
    if (!verify("sha256", message, { key: keyOf(publicKey), dsaEncoding: "ieee-p1363" }, signature))
      throw precompileError("InvalidSignature");
  }
};

function keyOf(point: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.concat([spkiPrefix, point]), format: "der", type: "spki" });
  } catch (error) {
    rethrowStackOverflow(error);
    throw precompileError("InvalidPublicKey");
  }
}

/** Whether a big-endian number is from 1 to `most`. */
function isWithin(value: Uint8Array, most: Uint8Array): boolean {
  return value.some((byte) => byte !== 0) && Buffer.compare(value, most) <= 0;
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

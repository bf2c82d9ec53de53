/** `Ed25519SigVerify111…`: ed25519 signatures, judged as those of transactions are. */
import { verifyEd25519 } from "../crypto/ed25519.ts";
import { isOnCurve } from "../runtime/edwards-point.ts";
import { countSignatures, precompileError, signatureParts, type PrecompileVerifier } from "./precompile.ts";

/** Any number of signatures, each by seven u16: where the signature, the key and the message stand. */
export const verifyEd25519Instruction: PrecompileVerifier = (data, all) => {
  const count = countSignatures(data, 0, 255);
  for (let index = 0; index < count; index++) {
    const parts = signatureParts(data, all, index, 32);
    const signature = parts.signature();
    const publicKey = parts.publicKey();
    if (!isOnCurve(publicKey)) throw precompileError("InvalidPublicKey");
    if (!verifyEd25519(parts.message(), signature, publicKey)) throw precompileError("InvalidSignature");
  }
};

/** The precompiles of mainnet-beta, by base58: programs of the top level that verify signatures. */
import { pubkeyToBase58 } from "@trireme/core";
import { programIds } from "../known-keys.ts";
import type { NativeProgram } from "../runtime/invoke-context.ts";
import { verifyEd25519Instruction } from "./ed25519.ts";
import { createPrecompile } from "./precompile.ts";
import { verifySecp256k1Instruction } from "./secp256k1.ts";
import { verifySecp256r1Instruction } from "./secp256r1.ts";

/** All three. */
export const precompiles: ReadonlyMap<string, NativeProgram> = new Map([
  [pubkeyToBase58(programIds.ed25519), createPrecompile(verifyEd25519Instruction)],
  [pubkeyToBase58(programIds.secp256k1), createPrecompile(verifySecp256k1Instruction)],
  [pubkeyToBase58(programIds.secp256r1), createPrecompile(verifySecp256r1Instruction)],
]);

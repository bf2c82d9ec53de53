/** `sol_secp256k1_recover`. */
import { answer, argument, bytesOf, consume, pointer, translateSlice, type SvmSyscall } from "../syscalls/guest.ts";
import { isStandardSignature, recoverPublicKey } from "./recover-public-key.ts";

const cost = 25_000;
const invalidRecoveryId = 2;
const invalidSignature = 3;

/** `(hash, recovery id, signature, result)`: 0 and the public key's 64 bytes, 2 for a wrong recovery id, 3 for a signature of nobody. */
export const secp256k1Recover: SvmSyscall = (machine) => {
  consume(machine, cost);
  const result = translateSlice(machine, pointer(machine, 4), 64, "store");
  const hash = bytesOf(machine, translateSlice(machine, pointer(machine, 1), 32, "load"));
  const signature = bytesOf(machine, translateSlice(machine, pointer(machine, 3), 64, "load"));
  const recovery = argument(machine, 2);
  if (recovery > 3) {
    answer(machine, invalidRecoveryId);
    return;
  }
  const publicKey = isStandardSignature(signature) ? recoverPublicKey(hash, recovery, signature) : undefined;
  if (publicKey !== undefined) machine.memory.bytes.set(publicKey, result.offset);
  answer(machine, publicKey === undefined ? invalidSignature : 0);
};

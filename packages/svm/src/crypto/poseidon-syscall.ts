/** `sol_poseidon`. */
import { bigintToBytes, bytesToBigint } from "@trireme/core";
import {
  answer,
  argument,
  bytesOf,
  consume,
  pointer,
  syscallFault,
  translateSlice,
  translateSlices,
  type SvmSyscall,
} from "../syscalls/guest.ts";
import { reversed } from "./curve-coordinates.ts";
import { mostPoseidonInputs, poseidonHash, poseidonOrder } from "./poseidon.ts";

const elementLength = 32;

/** `(parameters, byte order, slices, count, result)`: 1 for inputs that are no elements of the field. */
export const poseidonSyscall: SvmSyscall = (machine) => {
  if (argument(machine, 1) !== 0) throw syscallFault("InvalidParameters", "Invalid parameters.");
  const order = argument(machine, 2);
  if (order > 1) throw syscallFault("InvalidEndianness", "Invalid endianness.");
  const isLittle = order === 1;
  const count = argument(machine, 4);
  if (count > mostPoseidonInputs) {
    const { low, high } = pointer(machine, 4);
    machine.execution.log(`Poseidon hashing ${(BigInt(high) << 32n) | BigInt(low)} sequences is not supported`);
    throw syscallFault("InvalidLength", "InvalidLength");
  }
  consume(machine, 61 * count * count + 542);
  const result = translateSlice(machine, pointer(machine, 5), elementLength, "store");
  const inputs = translateSlices(machine, pointer(machine, 3), count).map(({ at, length }) =>
    bytesOf(machine, translateSlice(machine, at, length, "load")),
  );
  const elements = inputs.map((bytes) => elementOf(bytes, isLittle));
  if (count === 0 || elements.includes(undefined)) {
    answer(machine, 1);
    return;
  }
  const hash = bigintToBytes(poseidonHash(elements as bigint[]), elementLength);
  machine.memory.bytes.set(isLittle ? hash.reverse() : hash, result.offset);
  answer(machine, 0);
};

function elementOf(bytes: Uint8Array, isLittle: boolean): bigint | undefined {
  if (bytes.length !== elementLength) return undefined;
  const value = bytesToBigint(isLittle ? reversed(bytes) : bytes);
  return value < poseidonOrder ? value : undefined;
}

/** `sol_curve_validate_point`, `_group_op`, `_multiscalar_mul`, `_decompress` and `_pairing_map`: curve25519 and BLS12-381. */
import type { ProgramMachine } from "../runtime/program-machine.ts";
import {
  answer,
  argument,
  bytesOf,
  consume,
  pointer,
  syscallFault,
  translateSlice,
  translateValue,
  type Pointer,
  type SvmSyscall,
} from "../syscalls/guest.ts";
import { decompressPoint, g1Groups, g2Groups, pairingProduct, type ByteOrder } from "./bls12-381.ts";
import { edwardsGroup, ristrettoGroup } from "./curve25519-groups.ts";
import type { CurveGroup } from "./curve-group.ts";

/** Groups by curve id; with 0x80 BLS12-381 is big endian. */
const groups: ReadonlyMap<number, CurveGroup> = new Map([
  [0, edwardsGroup],
  [1, ristrettoGroup],
  [5, g1Groups.little],
  [6, g2Groups.little],
  [0x85, g1Groups.big],
  [0x86, g2Groups.big],
]);

/** Compressed points by curve id. */
const compressed: ReadonlyMap<number, { readonly length: number; readonly cost: number; readonly order: ByteOrder }> = new Map([
  [5, { length: 48, cost: 2100, order: "little" }],
  [6, { length: 96, cost: 3050, order: "little" }],
  [0x85, { length: 48, cost: 2100, order: "big" }],
  [0x86, { length: 96, cost: 3050, order: "big" }],
]);

const pairings: ReadonlyMap<number, ByteOrder> = new Map([
  [4, "little"],
  [0x84, "big"],
]);
const onePairCost = 25_445;
const furtherPairCost = 13_023;
const mostPoints = 512;
const scalarLength = 32;

/** `(curve, point)`: 0 for a point of the group, else 1. */
export const validatePoint: SvmSyscall = (machine) => {
  const group = groupOf(machine);
  consume(machine, group.costs.validate);
  answer(machine, group.isValid(read(machine, pointer(machine, 2), group.pointLength)) ? 0 : 1);
};

/** `(curve, operation, left, right, result)`: sum, difference, or the multiple of `right` by the scalar `left`. */
export const groupOperation: SvmSyscall = (machine) => {
  const group = groupOf(machine);
  const operation = (["add", "subtract", "multiply"] as const)[argument(machine, 2)];
  if (operation === undefined) throw invalidAttribute();
  consume(machine, group.costs[operation]);
  const left = read(machine, pointer(machine, 3), operation === "multiply" ? scalarLength : group.pointLength);
  const right = read(machine, pointer(machine, 4), group.pointLength);
  give(machine, pointer(machine, 5), group[operation](left, right));
};

/** `(curve, scalars, points, count, result)`. */
export const multiscalarMultiply: SvmSyscall = (machine) => {
  const count = argument(machine, 4);
  if (count > mostPoints) throw syscallFault("InvalidLength", "InvalidLength");
  const { multiplyMany, costs, pointLength } = groupOf(machine);
  if (multiplyMany === undefined || costs.multiplyMany === undefined) throw invalidAttribute();
  const { first, further } = costs.multiplyMany;
  consume(machine, first + further * Math.max(0, count - 1));
  const scalars = bytesOf(machine, translateSlice(machine, pointer(machine, 2), count, "load", scalarLength));
  const points = bytesOf(machine, translateSlice(machine, pointer(machine, 3), count, "load", pointLength));
  give(machine, pointer(machine, 5), multiplyMany(scalars, points));
};

/** `(curve, point, result)`. */
export const decompress: SvmSyscall = (machine) => {
  const kind = compressed.get(argument(machine, 1));
  if (kind === undefined) throw invalidAttribute();
  consume(machine, kind.cost);
  give(machine, pointer(machine, 3), decompressPoint(read(machine, pointer(machine, 2), kind.length), kind.order));
};

/** `(curve, count, g1 points, g2 points, result)`: the product of the pairings, in the target group. */
export const pairingMap: SvmSyscall = (machine) => {
  const order = pairings.get(argument(machine, 1));
  if (order === undefined) throw invalidAttribute();
  const count = argument(machine, 2);
  consume(machine, onePairCost + furtherPairCost * Math.max(0, count - 1));
  const g1 = bytesOf(machine, translateSlice(machine, pointer(machine, 3), count, "load", 96));
  const g2 = bytesOf(machine, translateSlice(machine, pointer(machine, 4), count, "load", 192));
  give(machine, pointer(machine, 5), pairingProduct(g1, g2, order));
};

function groupOf(machine: ProgramMachine): CurveGroup {
  const group = groups.get(argument(machine, 1));
  if (group === undefined) throw invalidAttribute();
  return group;
}

function read(machine: ProgramMachine, from: Pointer, length: number): Uint8Array {
  return bytesOf(machine, { offset: translateValue(machine, from, length, 1, "load"), length });
}

/** 1 and no result where the input was malformed; the result's address is looked at only where there is one. */
function give(machine: ProgramMachine, to: Pointer, result: Uint8Array | undefined): void {
  if (result !== undefined) machine.memory.bytes.set(result, translateValue(machine, to, result.length, 1, "store"));
  answer(machine, result === undefined ? 1 : 0);
}

function invalidAttribute() {
  return syscallFault("InvalidAttribute", "InvalidAttribute");
}

/** `sol_alt_bn128_group_op` and `sol_alt_bn128_compression`: EIP-196 and EIP-197's curve, with points of G2, in both byte orders. */
import { syscallBaseCost } from "../runtime/limits.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import { answer, argument, bytesOf, consume, pointer, syscallFault, translateSlice, type SvmSyscall } from "../syscalls/guest.ts";
import { g1Group, g2Group, isPairingProductOne, type AltBn128Group } from "./alt-bn128.ts";
import { reversedParts } from "./curve-coordinates.ts";

/** Added to the number of an operation: coordinates and scalars are little endian. */
const littleEndian = 0x80;
const scalarLength = 32;
const pairLength = 192;
const pairingOutputLength = 32;
const firstPairCost = 36_364;
const furtherPairCost = 12_121;
const pairingBaseCost = 85;

/** From or to little endian, by parts of `length` bytes. */
type Turn = (bytes: Uint8Array, length: number) => Uint8Array;

/** What an operation costs, gives and does. */
interface Operation {
  cost(inputLength: number): number;
  readonly outputLength: number;
  /** Whether it takes an input of this length. */
  takes(inputLength: number, isLittle: boolean): boolean;
  run(input: Uint8Array, turn: Turn): Uint8Array | undefined;
}

const groupOperations: ReadonlyMap<number, Operation> = new Map([
  [0, addition(g1Group, 334, true)],
  [2, multiplication(g1Group, 3840, true)],
  [3, pairing()],
  [4, addition(g2Group, 535, false)],
  [6, multiplication(g2Group, 15_670, false)],
]);

const compressions: ReadonlyMap<number, Operation> = new Map([
  [0, compression(g1Group, 30)],
  [1, decompression(g1Group, 398)],
  [2, compression(g2Group, 86)],
  [3, decompression(g2Group, 13_610)],
]);

/** `(operation, input, length, result)`: 1 for a malformed input. */
export const altBn128GroupOperation: SvmSyscall = (machine) => perform(machine, groupOperations);
/** `(operation, input, length, result)`: 1 for a malformed input. */
export const altBn128Compression: SvmSyscall = (machine) => perform(machine, compressions);

function perform(machine: ProgramMachine, operations: ReadonlyMap<number, Operation>): void {
  const number = argument(machine, 1);
  const isLittle = number >= littleEndian;
  const operation = operations.get(isLittle ? number - littleEndian : number);
  if (operation === undefined) throw syscallFault("InvalidAttribute", "InvalidAttribute");
  const length = argument(machine, 3);
  consume(machine, operation.cost(length));
  const result = translateSlice(machine, pointer(machine, 4), operation.outputLength, "store");
  const input = bytesOf(machine, translateSlice(machine, pointer(machine, 2), length, "load"));
  const output = operation.takes(length, isLittle) ? operation.run(input, isLittle ? (bytes) => bytes : reversedParts) : undefined;
  if (output !== undefined) machine.memory.bytes.set(output, result.offset);
  answer(machine, output === undefined ? 1 : 0);
}

/** `isPadded`: in big endian a shorter input is one that zeros follow, as in EIP-196. */
function addition({ coordinateLength, add }: AltBn128Group, cost: number, isPadded: boolean): Operation {
  const outputLength = 2 * coordinateLength;
  return {
    cost: () => cost,
    outputLength,
    takes: takes(2 * outputLength, isPadded),
    run(input, turn) {
      const points = turn(padded(input, 2 * outputLength), coordinateLength);
      const sum = add(points.subarray(0, outputLength), points.subarray(outputLength));
      return sum && turn(sum, coordinateLength);
    },
  };
}

function multiplication({ coordinateLength, multiply }: AltBn128Group, cost: number, isPadded: boolean): Operation {
  const outputLength = 2 * coordinateLength;
  return {
    cost: () => cost,
    outputLength,
    takes: takes(outputLength + scalarLength, isPadded),
    run(input, turn) {
      const whole = padded(input, outputLength + scalarLength);
      const point = turn(whole.subarray(0, outputLength), coordinateLength);
      const product = multiply(point, turn(whole.subarray(outputLength), scalarLength));
      return product && turn(product, coordinateLength);
    },
  };
}

/** 1 or 0 as a number: whether the product is 1. */
function pairing(): Operation {
  const cost = (length: number): number =>
    firstPairCost + furtherPairCost * Math.max(0, Math.floor(length / pairLength) - 1) + pairingBaseCost + length + pairingOutputLength;
  return {
    cost,
    outputLength: pairingOutputLength,
    takes: (length) => length % pairLength === 0,
    run(input, turn) {
      const pairs = Uint8Array.from(input);
      for (let at = 0; at < pairs.length; at += pairLength) {
        const second = at + 2 * g1Group.coordinateLength;
        pairs.set(turn(pairs.subarray(at, second), g1Group.coordinateLength), at);
        pairs.set(turn(pairs.subarray(second, at + pairLength), g2Group.coordinateLength), second);
      }
      const isOne = isPairingProductOne(pairs);
      if (isOne === undefined) return undefined;
      const output = new Uint8Array(pairingOutputLength);
      output[0] = isOne ? 1 : 0;
      return turn(output, pairingOutputLength);
    },
  };
}

function compression({ coordinateLength, compress }: AltBn128Group, cost: number): Operation {
  return {
    cost: () => syscallBaseCost + cost,
    outputLength: coordinateLength,
    takes: takes(2 * coordinateLength, false),
    run(input, turn) {
      const compressed = compress(turn(input, coordinateLength));
      return compressed && turn(compressed, coordinateLength);
    },
  };
}

function decompression({ coordinateLength, decompress }: AltBn128Group, cost: number): Operation {
  return {
    cost: () => syscallBaseCost + cost,
    outputLength: 2 * coordinateLength,
    takes: takes(coordinateLength, false),
    run(input, turn) {
      const point = decompress(turn(input, coordinateLength));
      return point && turn(point, coordinateLength);
    },
  };
}

function takes(expected: number, isPadded: boolean): Operation["takes"] {
  return (length, isLittle) => length === expected || (isPadded && !isLittle && length < expected);
}

function padded(input: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(input);
  return whole;
}

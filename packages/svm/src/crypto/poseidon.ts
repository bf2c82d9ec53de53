/** Poseidon over the scalar field of bn254 with x^5 and circom's parameters, for 1 to 12 inputs. */
import { grainGenConstants, poseidon, type PoseidonFn } from "@noble/curves/abstract/poseidon.js";
import { bn254_Fr } from "@noble/curves/bn254.js";

/** Inputs that one hash takes at most. */
export const mostPoseidonInputs = 12;
/** Order of the field: inputs are below it. */
export const poseidonOrder: bigint = bn254_Fr.ORDER;

const roundsFull = 8;
/** By number of inputs, from 1 on (circomlib). */
const roundsPartial = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65];
const permutations = new Map<number, PoseidonFn>();

/** The hash of 1 to 12 field elements. */
export function poseidonHash(inputs: readonly bigint[]): bigint {
  // The first element of the state is the domain, 0, and at the end the hash.
  return permutationFor(inputs.length)([0n, ...inputs])[0] as bigint;
}

/** Round constants and matrix come out of the Grain generator of Poseidon's paper, once for each width. */
function permutationFor(count: number): PoseidonFn {
  const known = permutations.get(count);
  if (known !== undefined) return known;
  const parameters = { Fp: bn254_Fr, t: count + 1, roundsFull, roundsPartial: roundsPartial[count - 1] as number, sboxPower: 5 };
  const permutation = poseidon({ ...parameters, ...grainGenConstants(parameters) });
  permutations.set(count, permutation);
  return permutation;
}

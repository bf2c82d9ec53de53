/** Addresses that every transaction finds warm because a precompile answers there (EIP-2929). */
import { bigintToBytes, isAtLeast, type Address, type Hardfork } from "@trireme/core";

const range = (first: number, last: number): readonly Address[] =>
  Array.from({ length: last - first + 1 }, (_, index) => bigintToBytes(BigInt(first + index), 20) as Address);

const london = range(0x01, 0x09);
/** KZG point evaluation (EIP-4844). */
const cancun = [...london, ...range(0x0a, 0x0a)];
/** BLS12-381 (EIP-2537). */
const prague = [...cancun, ...range(0x0b, 0x11)];
/** P256VERIFY (EIP-7951). */
const osaka = [...prague, ...range(0x100, 0x100)];

/** The precompiles of a hardfork, in ascending order. */
export function precompileAddresses(hardfork: Hardfork): readonly Address[] {
  if (isAtLeast(hardfork, "osaka")) return osaka;
  if (isAtLeast(hardfork, "prague")) return prague;
  return isAtLeast(hardfork, "cancun") ? cancun : london;
}

/** What the host's functions cost a program, in ink (nitro, crates/arbutil/src/pricing.rs). Ink is a number: a frame has less than 2^53. */

/** The call of any host function, but `native_keccak256`, `exit_early` and `pay_for_memory_grow` of some pages. */
export const hostioInk = 8400;
/** Each pointer to a value of 20 or 32 bytes that it reads or writes. */
export const pointerInk = 5040;
/** A request to the EVM's state or context that the program cannot answer itself. */
export const evmApiInk = 59_673;
/** `math_div` and `math_mod`, beside their pointers. */
export const divInk = 20_000;
/** `math_mul_mod`, beside its pointers. */
export const mulmodInk = 24_100;
/** `math_add_mod`, beside its pointers. */
export const addmodInk = 21_000;

/** Copying bytes from the host into the program's memory. */
export function writePrice(bytes: number): number {
  return 5040 + 30 * Math.max(0, bytes - 32);
}

/** Copying bytes from the program's memory to the host. */
export function readPrice(bytes: number): number {
  return 16_381 + 55 * Math.max(0, bytes - 32);
}

/** `native_keccak256` of so many bytes: the first two words are in the price of the call. */
export function keccakPrice(bytes: number): number {
  return 121_800 + 21_000 * Math.max(0, Math.ceil(bytes / 32) - 2);
}

/** `math_pow`, beside its pointers: by the significant bytes of the exponent, which is 32 bytes, big-endian; 0 counts as none. */
export function powPrice(exponent: Uint8Array): number {
  let zeros = 0;
  while (zeros < exponent.length && exponent[zeros] === 0) zeros++;
  return 3000 + 17_500 * (33 - zeros);
}

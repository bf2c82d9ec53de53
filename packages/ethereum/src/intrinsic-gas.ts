/** Gas that a transaction costs before its first instruction. */
import { isAtLeast, type Hardfork } from "@trireme/core";
import { authorizationGas } from "./authorization.ts";
import type { UnsignedTransaction } from "./ethereum-transaction.ts";

const TRANSACTION = 21_000;
const CREATE = 32_000;
/** EIP-2028: 16 for a non-zero byte, 4 for a zero one. */
const NON_ZERO_BYTE = 16;
const ZERO_BYTE = 4;
/** EIP-2930. */
const ACCESS_LIST_ADDRESS = 2_400;
const ACCESS_LIST_KEY = 1_900;
/** EIP-3860: 2 for each word of init code. */
const INIT_CODE_WORD = 2;
/** EIP-7623: a zero byte is one token, another one four. */
const FLOOR_PER_TOKEN = 10;

/** Largest init code (EIP-3860): 2 x 24,576 bytes. */
export const maxInitCodeSize = 49_152;

/** What a transaction pays before it runs: base, calldata, access list (EIP-2930), init code (EIP-3860), authorisations (EIP-7702). */
export function intrinsicGas(
  transaction: Pick<UnsignedTransaction, "to" | "data" | "accessList" | "authorizationList">,
  hardfork: Hardfork,
): bigint {
  const { to, data, accessList, authorizationList } = transaction;
  // Numbers are exact here: a list or a string that costs 2^53 gas fits no machine.
  const zeros = countZeros(data);
  let gas = TRANSACTION + zeros * ZERO_BYTE + (data.length - zeros) * NON_ZERO_BYTE;
  if (to === undefined) {
    gas += CREATE;
    if (isAtLeast(hardfork, "shanghai")) gas += ((data.length + 31) >>> 5) * INIT_CODE_WORD;
  }
  for (const entry of accessList) gas += ACCESS_LIST_ADDRESS + entry.storageKeys.length * ACCESS_LIST_KEY;
  return BigInt(gas + authorizationList.length * Number(authorizationGas));
}

/** The least that a transaction with this calldata is charged from Prague on (EIP-7623); 0 before. */
export function floorGas(data: Uint8Array, hardfork: Hardfork): bigint {
  if (!isAtLeast(hardfork, "prague")) return 0n;
  const zeros = countZeros(data);
  return BigInt(TRANSACTION + (zeros + (data.length - zeros) * 4) * FLOOR_PER_TOKEN);
}

function countZeros(data: Uint8Array): number {
  let zeros = 0;
  for (let index = 0; index < data.length; index++) if (data[index] === 0) zeros++;
  return zeros;
}

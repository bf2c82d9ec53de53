/** The block that everything runs in. */
import { addressFromHex, type BlockContext, type Hash } from "@trireme/core";

/** The hash of the block before; Solana's transactions name it. */
export const parentHash = new Uint8Array(32).fill(0x42) as Hash;

/** Room for any number of transactions. */
export const parallelBlock: BlockContext = {
  chainId: 31_337n,
  hardfork: "prague",
  number: 1n,
  timestamp: 1n,
  coinbase: addressFromHex(`0x${"c0".repeat(20)}`),
  gasLimit: 10n ** 13n,
  baseFeePerGas: 7n,
  blobBaseFee: 1n,
  prevRandao: new Uint8Array(32),
  difficulty: 0n,
};

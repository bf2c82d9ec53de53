/** A block and a transaction to run tests in. */
import { addressFromHex, zeroAddress, type BlockContext, type TransactionContext } from "@trireme/core";

/** Block 1 of chain 1337 under Osaka's rules: one second after 2^30, base fee 7 wei, 30 million gas. */
export const testBlock: BlockContext = {
  chainId: 1337n,
  hardfork: "osaka",
  number: 1n,
  timestamp: 1_073_741_825n,
  coinbase: addressFromHex("0xc014ba5e00000000000000000000000000000000"),
  gasLimit: 30_000_000n,
  baseFeePerGas: 7n,
  blobBaseFee: 1n,
  prevRandao: new Uint8Array(32).fill(0x5a),
  difficulty: 0n,
};

/** A transaction of nobody, at 10 wei per gas. */
export const testTransaction: TransactionContext = { origin: zeroAddress, gasPrice: 10n, blobHashes: [] };

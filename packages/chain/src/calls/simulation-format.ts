/**
 * The format of calls and estimates: Ethereum's gas and fee rules for a transaction that nobody signed and that need
 * not fit a block. As geth, it leaves out the checks of nonce, code of the sender and gas cap (EIP-7825), and asks
 * for a balance only as far as the request offers a price.
 */
import {
  createAddress,
  isAtLeast,
  type BlockContext,
  type Host,
  type Message,
  type TransactionError,
  type TransactionFormat,
} from "@trireme/core";
import {
  createEthereumFormat,
  floorGas,
  intrinsicGas,
  maxInitCodeSize,
  type EthereumTransaction,
  type PreparedEthereumTransaction,
} from "@trireme/ethereum";

/** Format id of simulated transactions; none ever stands in a block. */
export const simulationFormatId = "simulation";

const MAX_NONCE = (1n << 64n) - 1n;

/** @see simulationFormatId */
export function createSimulationFormat(): TransactionFormat<EthereumTransaction, PreparedEthereumTransaction> {
  const { charge, settle } = createEthereumFormat();
  return {
    id: simulationFormatId,
    recognizes: () => false,
    decode: () => refusal("invalidEncoding", "a simulated transaction has no encoding"),
    prepare,
    charge,
    settle,
  };
}

type Refusal = { readonly kind: "invalid"; readonly error: TransactionError };

function prepare(transaction: EthereumTransaction, host: Host, block: BlockContext): PreparedEthereumTransaction | Refusal {
  const { sender, nonce, gasLimit, value, data, to, maxFeePerGas, maxPriorityFeePerGas, blobGas } = transaction;
  if (nonce < 0n || nonce >= MAX_NONCE) return refusal("nonceMax", `expected a nonce of 0 to 2^64 - 2 (EIP-2681), got ${nonce}`);
  if (maxPriorityFeePerGas > maxFeePerGas) {
    return refusal("tipAboveFeeCap", `expected a priority fee of at most maxFeePerGas ${maxFeePerGas} wei, got ${maxPriorityFeePerGas}`);
  }
  if (maxFeePerGas < block.baseFeePerGas) {
    return refusal("feeCapTooLow", `expected maxFeePerGas of at least the base fee ${block.baseFeePerGas} wei, got ${maxFeePerGas}`);
  }
  const cost = gasLimit * maxFeePerGas + value + blobGas * transaction.maxFeePerBlobGas;
  const balance = host.getBalance(sender);
  if (balance < cost) {
    return refusal("insufficientFunds", `expected a balance of at least ${cost} wei for gas and value, got ${balance} wei`);
  }
  const intrinsic = intrinsicGas(transaction, block.hardfork);
  const floor = floorGas(data, block.hardfork);
  const least = intrinsic > floor ? intrinsic : floor;
  if (gasLimit < least) return refusal("intrinsicGasTooLow", `intrinsic gas too low: expected at least ${least} gas, got ${gasLimit}`);
  if (to === undefined && data.length > maxInitCodeSize && isAtLeast(block.hardfork, "shanghai")) {
    return refusal("initCodeTooLarge", `expected init code of at most ${maxInitCodeSize} bytes (EIP-3860), got ${data.length}`);
  }
  const offered = block.baseFeePerGas + maxPriorityFeePerGas;
  const effectiveGasPrice = offered < maxFeePerGas ? offered : maxFeePerGas;
  return {
    kind: "prepared",
    transaction,
    context: { origin: sender, gasPrice: effectiveGasPrice, blobHashes: transaction.blobVersionedHashes },
    frames: [firstFrame(transaction, gasLimit - intrinsic)],
    effectiveGasPrice,
    floorGas: floor,
    blobFee: transaction.maxFeePerBlobGas === 0n ? 0n : blobGas * block.blobBaseFee,
    authorizationRefund: 0n,
  };
}

function firstFrame({ sender, to, value, data, nonce }: EthereumTransaction, gas: bigint): Message {
  const frame = { sender, value, gas, depth: 0, isStatic: false };
  return to === undefined
    ? { kind: "create", scheme: "create", recipient: createAddress(sender, nonce), initCode: data, ...frame }
    : { kind: "call", scheme: "call", recipient: to, codeAddress: to, input: data, ...frame };
}

function refusal(code: string, message: string): Refusal {
  return { kind: "invalid", error: { code, message } };
}

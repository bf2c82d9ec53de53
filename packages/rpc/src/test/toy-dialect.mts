/** A dialect of another VM, as small as can be: its transactions call their own sender and cost nothing. */
import {
  addressFromBytes,
  concatBytes,
  decodeDialectEnvelope,
  encodeDialectEnvelope,
  keccak256,
  type Address,
  type Hash,
  type PreparedTransaction,
  type TransactionFormat,
} from "@trireme/core";

/** The bytes of a transaction: sender, nonce. */
export function encodeToyTransaction(sender: Address, nonce: number): Uint8Array {
  return encodeDialectEnvelope({ dialect: "toy", payload: concatBytes(sender, Uint8Array.of(nonce)) });
}

/** Makes the format. */
export function createToyFormat(): TransactionFormat {
  return {
    id: "toy",
    recognizes: (raw) => decodeDialectEnvelope(raw)?.dialect === "toy",
    decode: (raw) => {
      const payload = decodeDialectEnvelope(raw)?.payload;
      if (payload?.length !== 21) return { kind: "invalid", error: { code: "invalidEncoding", message: "expected 21 bytes" } };
      return {
        kind: "decoded",
        transaction: {
          format: "toy",
          raw,
          hash: keccak256(raw) as Hash,
          sender: addressFromBytes(payload.slice(0, 20)),
          nonce: BigInt(payload[20] as number),
          gasLimit: 50_000n,
          maxFeePerGas: 10_000_000_000n,
          maxPriorityFeePerGas: 0n,
          blobGas: 0n,
          declared: undefined,
        },
      };
    },
    prepare: (transaction): PreparedTransaction => {
      const { sender } = transaction;
      const frame = {
        sender,
        recipient: sender,
        codeAddress: sender,
        value: 0n,
        input: new Uint8Array(0),
        gas: 10_000n,
        depth: 0,
        isStatic: false,
      };
      return {
        kind: "prepared",
        transaction,
        context: { origin: sender, gasPrice: 0n, blobHashes: [] },
        frames: [{ kind: "call", scheme: "call", ...frame }],
      };
    },
    charge: ({ transaction }, host) => host.setNonce(transaction.sender, host.getNonce(transaction.sender) + 1n),
    settle: () => ({ gasUsed: 30_000n, effectiveGasPrice: 0n, blobGasUsed: 0n, burnt: 0n }),
  };
}

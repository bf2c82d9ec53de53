// Transactions of two dialects for tests: good ones, and bad ones of every sort.
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { addressFromBytes, encodeDialectEnvelope, pubkeyFromBytes, systemProgram, type Hash } from "@trireme/core";
import { signTransaction } from "@trireme/ethereum";
import { encodeMessage, encodeWire } from "@trireme/svm";

/** The chain that they are for. */
export const rules = { chainId: 31337n } as const;

const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 7)]);
const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
const payer = pubkeyFromBytes(Uint8Array.from(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32)));

function ethereumRaw(nonce: number, chainId: bigint = rules.chainId): Uint8Array {
  return signTransaction(
    {
      type: 2,
      chainId,
      nonce: BigInt(nonce),
      gasLimit: 21_000n,
      to: addressFromBytes(new Uint8Array(20).fill(nonce)),
      value: 1n,
      data: new Uint8Array(nonce % 50),
      maxFeePerGas: 10n,
      maxPriorityFeePerGas: 1n,
      accessList: [],
      maxFeePerBlobGas: 0n,
      blobVersionedHashes: [],
      authorizationList: [],
    },
    new Uint8Array(32).fill((nonce % 5) + 1),
  );
}

function solanaRaw(seed: number, isForged = false): Uint8Array {
  const message = encodeMessage({
    version: "legacy",
    requiredSignatures: 1,
    readonlySigned: 0,
    readonlyUnsigned: 1,
    staticAccounts: [payer, systemProgram],
    blockhash: new Uint8Array(32).fill(seed) as Hash,
    instructions: [{ programIndex: 1, accountIndices: Uint8Array.of(0), data: Uint8Array.of(seed) }],
    lookups: [],
    config: undefined,
  });
  const signature = isForged ? new Uint8Array(64).fill(1) : Uint8Array.from(sign(null, message, key));
  return encodeDialectEnvelope({ dialect: "solana", payload: encodeWire([signature], message) });
}

/** Good ones of both dialects, one of another chain, a forged one and bytes of no dialect in every eleven. */
export function mixedTransactions(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 11 === 3) return ethereumRaw(index, 1n);
    if (index % 11 === 5) return solanaRaw(index, true);
    if (index % 11 === 7) return Uint8Array.of(0x55, index);
    return index % 2 === 0 ? ethereumRaw(index) : solanaRaw(index);
  });
}

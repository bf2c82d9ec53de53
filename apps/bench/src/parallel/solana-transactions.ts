/** Solana transactions as a node has them once they were checked: nothing asks for their signatures again. */
import { concatBytes, encodeDialectEnvelope, keccak256, zeroAddress, type Pubkey, type Transaction } from "@trireme/core";
import { createSolanaFormat, encodeMessage, encodeWire } from "@trireme/svm";
import { parallelBlock, parentHash } from "./parallel-block.ts";

/** One instruction. Its accounts count through the signers, what is written, what is read. */
export interface SolanaCall {
  /** The first pays and is writable, the others are not. */
  readonly signers: readonly Pubkey[];
  readonly writable: readonly Pubkey[];
  readonly readonly: readonly Pubkey[];
  readonly program: Pubkey;
  readonly accountIndices: readonly number[];
  readonly data: Uint8Array;
}

const { decodeKnown } = createSolanaFormat();

/** Makes a legacy transaction. */
export function solanaTransaction({ signers, writable, readonly, program, accountIndices, data }: SolanaCall): Transaction {
  const staticAccounts = [...signers, ...writable, ...readonly, program];
  const message = encodeMessage({
    version: "legacy",
    requiredSignatures: signers.length,
    readonlySigned: signers.length - 1,
    readonlyUnsigned: readonly.length + 1,
    staticAccounts,
    blockhash: parentHash,
    instructions: [{ programIndex: staticAccounts.length - 1, accountIndices: Uint8Array.from(accountIndices), data }],
    lookups: [],
    config: undefined,
  });
  const digest = keccak256(message);
  const payload = encodeWire(
    signers.map(() => concatBytes(digest, digest)),
    message,
  );
  // The sender is read from the message.
  const { chainId } = parallelBlock;
  return decodeKnown?.(encodeDialectEnvelope({ dialect: "solana", payload }), { chainId }, zeroAddress) as Transaction;
}

/** What a transaction must satisfy before anything is looked up: Agave's `transaction-view` sanitization. */
import type { SolanaMessage, WireTransaction } from "./solana-message.ts";

const MAX_SIGNATURES = 12;
const MAX_INSTRUCTIONS = 64;
const MAX_ACCOUNTS_V1 = 64;
const MAX_INSTRUCTION_ACCOUNTS = 255;
const MAX_ACCOUNTS = 256;

/** Why a transaction is malformed (`SanitizeFailure`), or undefined. */
export function sanitize({ signatures, message }: WireTransaction): string | undefined {
  const { requiredSignatures, readonlySigned, readonlyUnsigned, staticAccounts, instructions, lookups } = message;
  if (requiredSignatures === 0) return "expected at least one signer, got none";
  if (requiredSignatures > MAX_SIGNATURES) return `expected at most ${MAX_SIGNATURES} signers, got ${requiredSignatures}`;
  if (signatures.length !== requiredSignatures) return `expected ${requiredSignatures} signatures, got ${signatures.length}`;
  if (readonlySigned >= requiredSignatures)
    return `expected a writable fee payer, got ${readonlySigned} read-only of ${requiredSignatures} signers`;
  if (requiredSignatures + readonlyUnsigned > staticAccounts.length)
    return `expected at least ${requiredSignatures + readonlyUnsigned} accounts for the header, got ${staticAccounts.length}`;
  const limit = message.version === 1 ? MAX_ACCOUNTS_V1 : MAX_ACCOUNTS;
  let total = staticAccounts.length;
  for (const { writableIndices, readonlyIndices } of lookups) {
    const taken = writableIndices.length + readonlyIndices.length;
    if (taken === 0) return "expected each lookup table to give an account, got one that gives none";
    total += taken;
  }
  if (total > limit) return `expected at most ${limit} accounts, got ${total}`;
  if (instructions.length > MAX_INSTRUCTIONS) return `expected at most ${MAX_INSTRUCTIONS} instructions, got ${instructions.length}`;
  return sanitizeInstructions(message, total);
}

function sanitizeInstructions({ instructions, staticAccounts }: SolanaMessage, total: number): string | undefined {
  for (const [index, { programIndex, accountIndices }] of instructions.entries()) {
    if (programIndex === 0 || programIndex >= staticAccounts.length)
      return `instruction ${index}: expected its program among accounts 1 to ${staticAccounts.length - 1}, got ${programIndex}`;
    if (accountIndices.length > MAX_INSTRUCTION_ACCOUNTS)
      return `instruction ${index}: expected at most ${MAX_INSTRUCTION_ACCOUNTS} accounts, got ${accountIndices.length}`;
    const wrong = accountIndices.find((account) => account >= total);
    if (wrong !== undefined) return `instruction ${index}: expected accounts below ${total}, got ${wrong}`;
  }
  return undefined;
}

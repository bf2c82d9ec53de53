/** Messages on the wire, as `json` and as `jsonParsed`. */
import { base58 } from "@scure/base";
import { pubkeyToBase58, type Pubkey } from "@trireme/core";
import { messageAccounts, type CompiledInnerInstruction, type LoadedAddresses, type SolanaMessage } from "@trireme/svm";

/** An instruction by places in the message's list of accounts. */
type PlacedInstruction = Pick<CompiledInnerInstruction, "programIndex" | "accountIndices" | "data" | "stackHeight">;

/** What a message shows in either encoding. Instructions of `jsonParsed` are shown unparsed, by their keys. */
export function formatMessage(message: SolanaMessage, encoding: "json" | "jsonParsed", loaded: LoadedAddresses): object {
  const { version, instructions, staticAccounts, lookups, blockhash } = message;
  const addressTableLookups = lookups.map(({ table, writableIndices, readonlyIndices }) => ({
    accountKey: pubkeyToBase58(table),
    writableIndexes: [...writableIndices],
    readonlyIndexes: [...readonlyIndices],
  }));
  const common = { recentBlockhash: base58.encode(blockhash), ...(version === "legacy" ? {} : { addressTableLookups }) };
  const placed = instructions.map((instruction) => ({ ...instruction, stackHeight: 1 }));
  if (encoding === "jsonParsed") {
    const keys = accountKeys(message, loaded);
    return { ...common, accountKeys: formatAccountKeys(message, loaded), instructions: placed.map((each) => formatKeyed(each, keys)) };
  }
  return {
    ...common,
    header: {
      numRequiredSignatures: message.requiredSignatures,
      numReadonlySignedAccounts: message.readonlySigned,
      numReadonlyUnsignedAccounts: message.readonlyUnsigned,
    },
    accountKeys: staticAccounts.map(pubkeyToBase58),
    instructions: placed.map(formatPlaced),
  };
}

/** The keys of a message with what each may do, those of lookup tables last. */
export function formatAccountKeys(message: SolanaMessage, loaded: LoadedAddresses): readonly object[] {
  return messageAccounts(message, loaded).map(({ pubkey, isSigner, isWritable }, index) => ({
    pubkey: pubkeyToBase58(pubkey),
    signer: isSigner,
    writable: isWritable,
    source: index < message.staticAccounts.length ? "transaction" : "lookupTable",
  }));
}

/** Inner instructions, grouped by the instruction that they ran under; by their keys where `keys` are given. */
export function formatInner(inner: readonly CompiledInnerInstruction[], keys?: readonly Pubkey[]): readonly object[] {
  const groups = new Map<number, object[]>();
  for (const instruction of inner) {
    const group = groups.get(instruction.index) ?? [];
    group.push(keys === undefined ? formatPlaced(instruction) : formatKeyed(instruction, keys));
    groups.set(instruction.index, group);
  }
  return [...groups].map(([index, instructions]) => ({ index, instructions }));
}

/** All keys of a message, in its order. */
export function accountKeys({ staticAccounts }: SolanaMessage, { writable, readonly }: LoadedAddresses): readonly Pubkey[] {
  return [...staticAccounts, ...writable, ...readonly];
}

function formatPlaced({ programIndex, accountIndices, data, stackHeight }: PlacedInstruction): object {
  return { programIdIndex: programIndex, accounts: [...accountIndices], data: base58.encode(data), stackHeight };
}

function formatKeyed({ programIndex, accountIndices, data, stackHeight }: PlacedInstruction, keys: readonly Pubkey[]): object {
  const name = (index: number): string => pubkeyToBase58(keys[index] as Pubkey);
  return { programId: name(programIndex), accounts: Array.from(accountIndices, name), data: base58.encode(data), stackHeight };
}

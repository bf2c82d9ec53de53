/** Keys, messages of every version and signatures, for tests of Solana transactions. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { pubkeyFromBytes, type Hash, type Instruction, type Pubkey } from "@trireme/core";
import { encodeMessage, encodeWire, type MessageConfig, type MessageVersion, type SolanaMessage, type TableLookup } from "@trireme/svm";

/** A key pair. */
export interface SolanaSigner {
  readonly pubkey: Pubkey;
  sign(message: Uint8Array): Uint8Array;
}

/** The same key pair for the same number. */
export function solanaSigner(number: number): SolanaSigner {
  const seed = Buffer.alloc(32, 0x5a);
  seed.writeUInt32LE(number);
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const pubkey = pubkeyFromBytes(Uint8Array.from(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32)));
  return { pubkey, sign: (message) => Uint8Array.from(sign(null, message, key)) };
}

/** A lookup table, as it is when a message uses it. */
export interface KnownTable {
  readonly key: Pubkey;
  readonly addresses: readonly Pubkey[];
}

/** How a message is put together. */
export interface MessageOptions {
  readonly version?: MessageVersion;
  /** Version 0: what may be taken from tables is. */
  readonly tables?: readonly KnownTable[];
  /** Version 1. */
  readonly config?: MessageConfig;
}

export function sameKey(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** Compiles instructions as Solana's clients do: signers first, writable ones before read-only ones. */
export function compileInstructions(
  payer: Pubkey,
  instructions: readonly Instruction[],
  blockhash: Uint8Array,
  { version = "legacy", tables = [], config }: MessageOptions = {},
): SolanaMessage {
  const flags = new Map<string, { pubkey: Pubkey; isSigner: boolean; isWritable: boolean; isProgram: boolean }>();
  const note = (pubkey: Pubkey, isSigner: boolean, isWritable: boolean, isProgram = false): void => {
    const name = Buffer.from(pubkey).toString("hex");
    const known = flags.get(name) ?? { pubkey, isSigner: false, isWritable: false, isProgram: false };
    flags.set(name, {
      pubkey,
      isSigner: isSigner || known.isSigner,
      isWritable: isWritable || known.isWritable,
      isProgram: isProgram || known.isProgram,
    });
  };
  note(payer, true, true);
  for (const { program, accounts } of instructions) {
    for (const { pubkey, isSigner, isWritable } of accounts) note(pubkey, isSigner, isWritable);
    note(program, false, false, true);
  }
  const all = [...flags.values()];
  const lookups: TableLookup[] = [];
  const looked = { writable: [] as Pubkey[], readonly: [] as Pubkey[] };
  for (const { key, addresses } of version === 0 ? tables : []) {
    const indices = { writable: [] as number[], readonly: [] as number[] };
    for (const [index, address] of addresses.entries()) {
      const at = all.findIndex(({ pubkey, isSigner, isProgram }) => sameKey(pubkey, address) && !isSigner && !isProgram);
      if (at < 0) continue;
      const [account] = all.splice(at, 1);
      const list = account?.isWritable === true ? "writable" : "readonly";
      indices[list].push(index);
      looked[list].push(address);
    }
    if (indices.writable.length + indices.readonly.length === 0) continue;
    lookups.push({ table: key, writableIndices: Uint8Array.from(indices.writable), readonlyIndices: Uint8Array.from(indices.readonly) });
  }
  const group = (signer: boolean, writable: boolean) =>
    all.filter(({ isSigner, isWritable }) => isSigner === signer && isWritable === writable).map(({ pubkey }) => pubkey);
  const groups = [group(true, true), group(true, false), group(false, true), group(false, false)] as const;
  const staticAccounts = groups.flat();
  const order = [...staticAccounts, ...looked.writable, ...looked.readonly];
  const placeOf = (key: Pubkey): number => order.findIndex((other) => sameKey(other, key));
  return {
    version,
    requiredSignatures: groups[0].length + groups[1].length,
    readonlySigned: groups[1].length,
    readonlyUnsigned: groups[3].length,
    staticAccounts,
    blockhash: blockhash as Hash,
    instructions: instructions.map(({ program, accounts, data }) => ({
      programIndex: placeOf(program),
      accountIndices: Uint8Array.from(accounts, ({ pubkey }) => placeOf(pubkey)),
      data,
    })),
    lookups,
    config: version === 1 ? config : undefined,
  };
}

/** Wire bytes; a signer that is not there leaves zeros. */
export function signSolanaMessage(message: SolanaMessage, signers: readonly SolanaSigner[]): Uint8Array {
  const bytes = encodeMessage(message);
  const signatures = message.staticAccounts
    .slice(0, message.requiredSignatures)
    .map((key) => signers.find(({ pubkey }) => sameKey(pubkey, key))?.sign(bytes) ?? new Uint8Array(64));
  return encodeWire(signatures, bytes);
}

/** Signs messages in tests, with node's own ed25519. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { encodeDialectEnvelope, pubkeyFromBytes, type Hash, type Instruction, type Pubkey } from "@trireme/core";
import { encodeMessage, encodeWire } from "./encode-wire.ts";
import type { MessageVersion, SolanaMessage } from "./solana-message.ts";

/** A key pair made from one byte. */
export interface TestSigner {
  readonly pubkey: Pubkey;
  sign(message: Uint8Array): Uint8Array;
}

/** The same signer for the same number. */
export function testSigner(seed: number): TestSigner {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const pubkey = pubkeyFromBytes(Uint8Array.from(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32)));
  return { pubkey, sign: (message) => Uint8Array.from(sign(null, message, key)) };
}

/** Compiles instructions as Solana's clients do: signers first, writable before read-only. */
export function compileMessage(
  payer: Pubkey,
  instructions: readonly Instruction[],
  blockhash: Uint8Array,
  version: MessageVersion = "legacy",
): SolanaMessage {
  const flags = new Map<string, { pubkey: Pubkey; isSigner: boolean; isWritable: boolean }>();
  const note = (pubkey: Pubkey, isSigner: boolean, isWritable: boolean): void => {
    const name = Buffer.from(pubkey).toString("hex");
    const known = flags.get(name);
    flags.set(name, { pubkey, isSigner: isSigner || known?.isSigner === true, isWritable: isWritable || known?.isWritable === true });
  };
  note(payer, true, true);
  for (const { program, accounts } of instructions) {
    for (const { pubkey, isSigner, isWritable } of accounts) note(pubkey, isSigner, isWritable);
    note(program, false, false);
  }
  const all = [...flags.values()];
  const groups = [
    all.filter(({ isSigner, isWritable }) => isSigner && isWritable),
    all.filter(({ isSigner, isWritable }) => isSigner && !isWritable),
    all.filter(({ isSigner, isWritable }) => !isSigner && isWritable),
    all.filter(({ isSigner, isWritable }) => !isSigner && !isWritable),
  ];
  const staticAccounts = groups.flat().map(({ pubkey }) => pubkey);
  const placeOf = (key: Pubkey): number => staticAccounts.findIndex((other) => Buffer.compare(other, key) === 0);
  return {
    version,
    requiredSignatures: (groups[0] as unknown[]).length + (groups[1] as unknown[]).length,
    readonlySigned: (groups[1] as unknown[]).length,
    readonlyUnsigned: (groups[3] as unknown[]).length,
    staticAccounts,
    blockhash: blockhash as Hash,
    instructions: instructions.map(({ program, accounts, data }) => ({
      programIndex: placeOf(program),
      accountIndices: Uint8Array.from(accounts, ({ pubkey }) => placeOf(pubkey)),
      data,
    })),
    lookups: [],
    config: undefined,
  };
}

/** Wire bytes of a message signed by those of `signers` that it needs. */
export function signMessage(message: SolanaMessage, signers: readonly TestSigner[]): Uint8Array {
  const bytes = encodeMessage(message);
  const signatures = message.staticAccounts.slice(0, message.requiredSignatures).map((key) => {
    const signer = signers.find(({ pubkey }) => Buffer.compare(pubkey, key) === 0);
    return signer === undefined ? new Uint8Array(64) : signer.sign(bytes);
  });
  return encodeWire(signatures, bytes);
}

/** As it stands in a block. */
export function enveloped(wire: Uint8Array): Uint8Array {
  return encodeDialectEnvelope({ dialect: "solana", payload: wire });
}

/** Lamports for whoever asks: transfers from a key of the node's. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { encodeDialectEnvelope, pubkeyFromBytes, systemProgram, type Hash, type Pubkey } from "@trireme/core";
import { encodeMessage, encodeWire, programIds, solanaDialect, type SolanaMessage } from "@trireme/svm";

/** DER before the 32 bytes of a private key (RFC 8410). */
const PKCS8_PREFIX = Uint8Array.from([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]);

/** Gives lamports away. */
export interface Faucet {
  readonly pubkey: Pubkey;
  /** An enveloped, signed transfer. Each is another message, even with the same blockhash. */
  transfer(to: Pubkey, lamports: bigint, blockhash: Hash): { readonly raw: Uint8Array; readonly id: Uint8Array };
}

/** A faucet that gives from the account of an ed25519 seed of 32 bytes. */
export function createFaucet(seed: Uint8Array): Faucet {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
  const pubkey = pubkeyFromBytes(Uint8Array.from(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32)));
  let count = 0n;
  return {
    pubkey,
    transfer(to, lamports, blockhash) {
      const messageBytes = encodeMessage(transferMessage(pubkey, to, lamports, blockhash, count++));
      const id = Uint8Array.from(sign(null, messageBytes, key));
      return { id, raw: encodeDialectEnvelope({ dialect: solanaDialect, payload: encodeWire([id], messageBytes) }) };
    },
  };
}

/** The price of a compute unit, in micro-lamports, is the count: it makes two equal requests two messages. */
function transferMessage(from: Pubkey, to: Pubkey, lamports: bigint, blockhash: Hash, count: bigint): SolanaMessage {
  const transfer = new Uint8Array(12);
  const view = new DataView(transfer.buffer);
  view.setUint32(0, 2, true);
  view.setBigUint64(4, lamports, true);
  const price = new Uint8Array(9);
  price[0] = 3;
  new DataView(price.buffer).setBigUint64(1, count, true);
  return {
    version: "legacy",
    requiredSignatures: 1,
    readonlySigned: 0,
    readonlyUnsigned: 2,
    staticAccounts: [from, to, systemProgram, programIds.computeBudget],
    blockhash,
    instructions: [
      { programIndex: 3, accountIndices: new Uint8Array(0), data: price },
      { programIndex: 2, accountIndices: Uint8Array.of(0, 1), data: transfer },
    ],
    lookups: [],
    config: undefined,
  };
}

/**
 * Development accounts: ten EVM keys and ten Solana keys from one printed mnemonic. Everybody knows them; they hold
 * value on development chains only.
 */
import { pbkdf2Sync } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { base58 } from "@scure/base";
import { HDKey } from "@scure/bip32";
import { validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { HDKey as Ed25519HdKey } from "micro-key-producer/slip10.js";
import { addressFromBytes, keccak256, pubkeyFromBytes, toAddress, toPubkey, TriremeError, type Address, type Pubkey } from "@trireme/core";

/** The mnemonic that Ethereum's development tools share. */
export const defaultMnemonic = "test test test test test test test test test test test junk";

/** A development account: one balance, two names. */
export interface DevAccount {
  /** `evm`: signs with secp256k1. `solana`: signs with ed25519. */
  readonly kind: "evm" | "solana";
  readonly address: Address;
  readonly pubkey: Pubkey;
  /** 32 bytes: the secp256k1 scalar, or the ed25519 seed. */
  readonly privateKey: Uint8Array;
  /** BIP-32 / SLIP-10 path. */
  readonly path: string;
}

/**
 * `count` accounts of each kind: EVM keys at m/44'/60'/0'/0/i, Solana keys at m/44'/501'/i'/0', as MetaMask, Foundry
 * and the Solana tools derive them.
 * @throws TriremeError `INVALID_CONFIGURATION` when the mnemonic fails its BIP-39 checksum.
 */
export function deriveDevAccounts(mnemonic: string = defaultMnemonic, count = 10): readonly DevAccount[] {
  const normalized = mnemonic.normalize("NFKD").trim().split(/\s+/).join(" ");
  if (!validateMnemonic(normalized, wordlist)) {
    throw new TriremeError("INVALID_CONFIGURATION", "expected a BIP-39 mnemonic of English words with a valid checksum");
  }
  // BIP-39: PBKDF2-HMAC-SHA512, 2048 rounds, salt "mnemonic"; node's is an order of magnitude faster than JavaScript's.
  const seed = pbkdf2Sync(normalized, "mnemonic", 2048, 64, "sha512");
  const root = HDKey.fromMasterSeed(seed).derive("m/44'/60'/0'/0");
  const solanaRoot = Ed25519HdKey.fromMasterSeed(seed);
  const accounts: DevAccount[] = [];
  for (let index = 0; index < count; index++) {
    const privateKey = root.deriveChild(index).privateKey;
    if (privateKey === null) throw new TriremeError("INVALID_CONFIGURATION", `no private key at m/44'/60'/0'/0/${index}`);
    const publicKey = secp256k1.getPublicKey(privateKey, false);
    const address = addressFromBytes(keccak256(publicKey.subarray(1)).slice(12));
    accounts.push({ kind: "evm", address, pubkey: toPubkey(address), privateKey, path: `m/44'/60'/0'/0/${index}` });
  }
  for (let index = 0; index < count; index++) {
    const path = `m/44'/501'/${index}'/0'`;
    const key = solanaRoot.derive(path);
    const pubkey = pubkeyFromBytes(key.publicKeyRaw);
    accounts.push({ kind: "solana", address: toAddress(pubkey), pubkey, privateKey: key.privateKey, path });
  }
  return accounts;
}

/**
 * The secret in the form that the account's tools import: `0x` and 64 digits for MetaMask and Foundry, base58 of the
 * 64-byte keypair for Phantom and `solana-keygen`-style JSON.
 */
export function devAccountSecret(account: DevAccount): string {
  if (account.kind === "evm") return `0x${Buffer.from(account.privateKey).toString("hex")}`;
  return base58.encode(Buffer.concat([account.privateKey, account.pubkey]));
}

import { ed25519 } from "@noble/curves/ed25519.js";
import { addressToChecksumHex, isTaggedPubkey, pubkeyToBase58, toAddress, toPubkey } from "@trireme/core";
import { mnemonicToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { defaultMnemonic, deriveDevAccounts, devAccountSecret } from "./dev-accounts.ts";

describe("development accounts", () => {
  const accounts = deriveDevAccounts();

  it("are ten of each kind, the EVM ones as viem derives them", () => {
    const evm = accounts.filter(({ kind }) => kind === "evm");
    expect(evm.map(({ address }) => addressToChecksumHex(address))).toEqual(
      Array.from({ length: 10 }, (_, addressIndex) => mnemonicToAccount(defaultMnemonic, { addressIndex }).address),
    );
    expect(evm.map(({ pubkey }) => pubkey)).toEqual(evm.map(({ address }) => toPubkey(address)));
    expect(devAccountSecret(accounts[0]!)).toBe("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
  });

  it("have Solana keys whose address is the pubkey's", () => {
    const solana = accounts.filter(({ kind }) => kind === "solana");
    expect(solana).toHaveLength(10);
    expect(solana.some(({ pubkey }) => isTaggedPubkey(pubkey))).toBe(false);
    expect(solana.map(({ address }) => address)).toEqual(solana.map(({ pubkey }) => toAddress(pubkey)));
    // The first account that wallets derive from this mnemonic at m/44'/501'/0'/0'.
    expect(pubkeyToBase58(solana[0]!.pubkey)).toBe("oeYf6KAJkLYhBuR8CiGc6L4D4Xtfepr85fuDgA9kq96");
    expect(ed25519.getPublicKey(solana[0]!.privateKey)).toEqual(Uint8Array.from(solana[0]!.pubkey));
    expect(new Set(solana.map(({ pubkey }) => pubkeyToBase58(pubkey))).size).toBe(10);
  });

  it("refuse a mnemonic with a wrong checksum", () => {
    expect(() => deriveDevAccounts("test test test test test test test test test test test test")).toThrow(/expected a BIP-39 mnemonic/);
  });
});

// SPL Token, the associated token program and memos, as they are on mainnet, here and on litesvm.
import { pubkeyFromBase58, systemProgram, type Instruction, type Pubkey } from "@trireme/core";
import { describe, expect, it } from "vitest";
import { createOracle } from "../test/litesvm-oracle.mts";
import {
  approve,
  associatedTokenProgram,
  burn,
  closeAccount,
  createAccount,
  getAccountDataSize,
  initializeAccount3,
  initializeMint2,
  initializeMultisig2,
  mintTo,
  readonly,
  signer,
  systemTransfer,
  tokenProgram,
  tokenTransfer,
  writable,
  writableSigner,
} from "../test/token-instructions.mts";
import { createTwinWorlds, type TwinWorlds } from "../test/twin-worlds.mts";
import { testSigner } from "../transaction/signed-message.mts";
import { findProgramAddress } from "./program-address.ts";

const [payer, mint, alice, bob, multi, carol] = [1, 2, 3, 4, 5, 6].map((seed) => testSigner(seed).pubkey) as [
  Pubkey,
  Pubkey,
  Pubkey,
  Pubkey,
  Pubkey,
  Pubkey,
];
const memo = pubkeyFromBase58("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
const oldMemo = pubkeyFromBase58("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo");
const sol = 1_000_000_000n;
const mintRent = 1_461_600n;
const accountRent = 2_039_280n;

function playTokenFlow(twins: TwinWorlds): { readonly succeeded: number; readonly failed: number } {
  twins.setAccount({ key: payer, lamports: 100n * sol });
  let [succeeded, failed] = [0, 0];
  const send = (...instructions: readonly Instruction[]): void => {
    if (twins.send(payer, ...instructions).theirs.error === undefined) succeeded++;
    else failed++;
  };
  send(createAccount(payer, mint, mintRent, 82n, tokenProgram), initializeMint2(mint, payer));
  send(initializeMint2(mint, payer));
  for (const key of [alice, bob]) {
    send(createAccount(payer, key, accountRent, 165n, tokenProgram), initializeAccount3(key, mint, payer));
  }
  send(createAccount(payer, carol, accountRent - 1n, 165n, tokenProgram));
  send(getAccountDataSize(mint));
  send(mintTo(mint, alice, 1_000n, [signer(payer)]), mintTo(mint, bob, 5n, [signer(payer)]));
  send(mintTo(mint, alice, 1_000n, [readonly(payer)]));
  send(tokenTransfer(alice, bob, 300n, [signer(payer)]));
  send(tokenTransfer(alice, bob, 3_000n, [signer(payer)]));
  send(tokenTransfer(alice, alice, 3n, [signer(payer)]));
  send(tokenTransfer(alice, mint, 3n, [signer(payer)]));
  send(approve(alice, carol, 50n, [signer(payer)]), tokenTransfer(alice, bob, 20n, [signer(carol)]));
  send(tokenTransfer(alice, bob, 31n, [signer(carol)]));
  send(burn(bob, mint, 25n, [signer(payer)]));
  send(createAccount(payer, multi, 3_361_680n, 355n, tokenProgram), initializeMultisig2(multi, 2, [payer, carol, bob]));
  const [jointly] = [testSigner(7).pubkey];
  send(createAccount(payer, jointly, accountRent, 165n, tokenProgram), initializeAccount3(jointly, mint, multi));
  send(mintTo(mint, jointly, 9n, [signer(payer)]), tokenTransfer(jointly, bob, 4n, [readonly(multi), signer(payer), signer(carol)]));
  send(tokenTransfer(jointly, bob, 4n, [readonly(multi), signer(payer)]));
  send(closeAccount(bob, payer, [signer(payer)]));
  send(burn(bob, mint, 309n, [signer(payer)]), closeAccount(bob, payer, [signer(payer)]));
  send(systemTransfer(payer, bob, 1n));
  return { succeeded, failed };
}

describe("SPL Token", () => {
  it("p-token does here what it does on litesvm", () => {
    const twins = createTwinWorlds();
    twins.copyProgram(tokenProgram);
    expect(playTokenFlow(twins)).toEqual({ succeeded: 14, failed: 8 });
  });

  it("spl-token 3.5.0 does here what it does on litesvm", () => {
    const twins = createTwinWorlds();
    const { data } = createOracle(true).getAccount(tokenProgram) ?? { data: new Uint8Array(0) };
    twins.install(tokenProgram, data, 2);
    expect(playTokenFlow(twins)).toEqual({ succeeded: 14, failed: 8 });
  });

  it("an associated account is made by three calls, in vain the second time", () => {
    const twins = createTwinWorlds();
    for (const program of [tokenProgram, associatedTokenProgram]) twins.copyProgram(program);
    twins.setAccount({ key: payer, lamports: 100n * sol });
    twins.send(payer, createAccount(payer, mint, mintRent, 82n, tokenProgram), initializeMint2(mint, payer));
    const { address } = findProgramAddress([alice, tokenProgram, mint], associatedTokenProgram);
    const create = (data: Uint8Array): Instruction => ({
      program: associatedTokenProgram,
      accounts: [
        writableSigner(payer),
        writable(address),
        readonly(alice),
        readonly(mint),
        readonly(systemProgram),
        readonly(tokenProgram),
      ],
      data,
    });
    expect(twins.send(payer, create(new Uint8Array(0))).theirs.inner[0]?.length).toBeGreaterThan(2);
    expect(twins.send(payer, create(Uint8Array.of(0))).theirs.error).toBeDefined();
    expect(twins.send(payer, create(Uint8Array.of(1))).theirs.error).toBeUndefined();
  });

  it("memos of both loaders are read and signed", () => {
    const twins = createTwinWorlds();
    for (const program of [memo, oldMemo]) twins.copyProgram(program);
    twins.setAccount({ key: payer, lamports: sol });
    const text = new TextEncoder().encode("Ahoj, světe 🚣");
    for (const program of [memo, oldMemo]) {
      expect(twins.send(payer, { program, accounts: [], data: text }).theirs.error).toBeUndefined();
      expect(twins.send(payer, { program, accounts: [], data: Uint8Array.of(0xff, 0xfe) }).theirs.error).toBeDefined();
    }
    twins.send(payer, { program: memo, accounts: [signer(alice)], data: text });
    twins.send(payer, { program: memo, accounts: [readonly(alice)], data: text });
  });
});

/** What single methods answer, and with which code they refuse. */
import * as zlib from "node:zlib";
import { base58 } from "@scure/base";
import {
  ComputeBudgetProgram,
  Keypair,
  NONCE_ACCOUNT_LENGTH,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
  type TransactionInstructionCtorFields,
} from "@solana/web3.js";
import { solanaIdOfEthereumTransaction, type Address } from "@trireme/core";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeJson } from "../../json-rpc/encode-json.ts";
import { isRpcError } from "../../json-rpc/rpc-error.ts";
import { startSolanaChain, type SolanaChain } from "./solana-node.mts";

const system = "11111111111111111111111111111111";
const memoProgram = new PublicKey("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
const clock = "SysvarC1ock11111111111111111111111111111111";
const wallet = new Uint8Array(20).fill(0xee) as Address;

let node: SolanaChain;
let payer: Keypair;
beforeAll(async () => {
  node = await startSolanaChain({ limits: { accounts: 3, signatureStatuses: 2, airdropLamports: 10n ** 12n } });
  payer = Keypair.generate();
  await ask("requestAirdrop", payer.publicKey.toBase58(), 10 ** 12);
});
afterAll(() => node.close());

const ask = (method: string, ...params: readonly unknown[]): Promise<unknown> => node.dispatcher.request(method, params);
const valueOf = async (method: string, ...params: readonly unknown[]): Promise<unknown> =>
  ((await ask(method, ...params)) as { readonly value: unknown }).value;

async function signed(
  instructions: readonly (TransactionInstruction | TransactionInstructionCtorFields)[],
  ...signers: Keypair[]
): Promise<Buffer> {
  const { blockhash } = (await valueOf("getLatestBlockhash")) as { readonly blockhash: string };
  const transaction = new Transaction({ feePayer: payer.publicKey, recentBlockhash: blockhash }).add(...instructions);
  transaction.sign(payer, ...signers);
  return transaction.serialize();
}

const send = (wire: Buffer): Promise<unknown> => ask("sendTransaction", wire.toString("base64"), { encoding: "base64" });

async function createNonce(): Promise<Keypair> {
  const nonce = Keypair.generate();
  const lamports = Number(await ask("getMinimumBalanceForRentExemption", NONCE_ACCOUNT_LENGTH));
  const [create, initialize] = SystemProgram.createNonceAccount({
    fromPubkey: payer.publicKey,
    noncePubkey: nonce.publicKey,
    authorizedPubkey: payer.publicKey,
    lamports,
  }).instructions as [TransactionInstruction, TransactionInstruction];
  await send(await signed([create, initialize], nonce));
  return nonce;
}

describe("accounts", () => {
  it("come in every encoding, with all digits, and parsed where there is a form", async () => {
    const nonce = (await createNonce()).publicKey.toBase58();
    const plain = await valueOf("getAccountInfo", nonce, { encoding: "base64" });
    const [text] = (plain as { readonly data: readonly [string, string] }).data;
    const data = Buffer.from(text, "base64");
    expect(plain).toEqual({
      data: [text, "base64"],
      executable: false,
      lamports: 1_447_680n,
      owner: system,
      rentEpoch: 18_446_744_073_709_551_615n,
      space: 80,
    });
    expect(encodeJson(plain)).toContain('"rentEpoch":18446744073709551615');
    expect(await valueOf("getAccountInfo", nonce)).toMatchObject({ data: base58.encode(data) });
    expect(await valueOf("getAccountInfo", nonce, { encoding: "base58" })).toMatchObject({ data: [base58.encode(data), "base58"] });
    expect(await valueOf("getMultipleAccounts", [nonce, system])).toMatchObject([{ data: [text, "base64"] }, { executable: true }]);
    expect(await valueOf("getAccountInfo", nonce, { encoding: "base64", dataSlice: { offset: 79, length: 9 } })).toMatchObject({
      data: [data.subarray(79).toString("base64"), "base64"],
      space: 80,
    });
    expect(await valueOf("getAccountInfo", nonce, { encoding: "jsonParsed" })).toMatchObject({
      data: {
        program: "nonce",
        parsed: {
          type: "initialized",
          info: {
            authority: payer.publicKey.toBase58(),
            blockhash: base58.encode(data.subarray(40, 72)),
            feeCalculator: { lamportsPerSignature: "5000" },
          },
        },
        space: 80,
      },
    });
    expect(await valueOf("getAccountInfo", clock, { encoding: "jsonParsed" })).toMatchObject({
      data: [expect.any(String), "base64"],
      space: 40,
    });
    expect(await valueOf("getAccountInfo", Keypair.generate().publicKey.toBase58())).toBeNull();
  });

  it("are zstd frames on demand", async () => {
    const hashes = "SysvarS1otHashes111111111111111111111111111";
    const { data } = (await valueOf("getAccountInfo", hashes, { encoding: "base64" })) as { readonly data: readonly [string] };
    const stored = (await valueOf("getAccountInfo", hashes, { encoding: "base64+zstd" })) as { readonly data: readonly [string, string] };
    const frame = Buffer.from(stored.data[0], "base64");
    expect(stored.data[1]).toBe("base64+zstd");
    expect(frame.subarray(12)).toEqual(Buffer.from(data[0], "base64"));
    // Node has a reader of its own from 22.15 on.
    const { zstdDecompressSync: decompress } = zlib as { readonly zstdDecompressSync?: (bytes: Uint8Array) => Buffer };
    if (decompress !== undefined) expect(decompress(frame)).toEqual(Buffer.from(data[0], "base64"));
    await expect(ask("getAccountInfo", hashes, { encoding: "base58" })).rejects.toMatchObject({ code: -32600 });
    await expect(ask("getAccountInfo", hashes)).rejects.toThrow("please use Base64 encoding");
  });

  it.each([
    ["getAccountInfo", ["l0O"], -32602, "pubkey"],
    ["getAccountInfo", [system, { encoding: "base32" }], -32602, "one of binary, base58"],
    ["getAccountInfo", [system, { encoding: "base64", dataSlice: { offset: 0 } }], -32602, "dataSlice.length"],
    ["getAccountInfo", [system, { commitment: "soon" }], -32602, "(config).commitment"],
    ["getBalance", [system, { minContextSlot: 10 ** 6 }], -32016, "Minimum context slot has not been reached"],
    ["getMultipleAccounts", [[system, system, system, system]], -32602, "Too many inputs provided; max 3"],
    ["getSignatureStatuses", [Array.from({ length: 3 }, () => "1".repeat(64))], -32602, "Too many inputs provided; max 2"],
    ["getProgramAccounts", [system, { filters: [{ memcmp: { offset: 0, bytes: "l0O" } }] }], -32602, "base58 of at most 128 bytes"],
    ["getTokenAccountBalance", [system], -32602, "Invalid param: not a Token account"],
    ["getTokenAccountsByOwner", [system, { programId: system }], -32602, "a token program"],
    ["getMinimumBalanceForRentExemption", [11 * 2 ** 20], -32602, "at most 10485760 bytes"],
    ["requestAirdrop", [system, 0], -32602, "1 to 1000000000000 lamports"],
    ["requestAirdrop", [system, 10 ** 13], -32602, "1 to 1000000000000 lamports"],
    ["requestAirdrop", [Keypair.generate().publicKey.toBase58(), 1], -32000, "insufficient funds for rent"],
    ["sendTransaction", ["!"], -32602, "base58 text"],
    ["sendTransaction", ["AAAA", { encoding: "base64" }], -32602, "invalid transaction"],
    ["simulateTransaction", ["AAAA", { encoding: "base64", sigVerify: true, replaceRecentBlockhash: true }], -32602, "not both"],
    ["getFeeForMessage", ["AAAA"], -32602, "a message"],
    ["getBlock", [10 ** 6], -32004, "Block not available for slot 1000000"],
    ["getEpochInfo", [{}, {}], -32602, "at most 1 parameters"],
    ["getSupplies", [], -32601, "does not exist"],
  ] as const)("%s of %j is refused with %i", async (method, params, code, message) => {
    await expect(ask(method, ...params)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});

describe("transactions", () => {
  it("of Ethereum have a status, a form and a place in their block under their Solana id", async () => {
    const { dev } = node.chain;
    await dev?.setBalance(wallet, 10n ** 18n);
    dev?.impersonate(wallet);
    const submitted = await dev?.submitUnsigned({ from: wallet, to: wallet, value: 1n });
    if (submitted?.kind !== "accepted") throw new Error("expected the chain to take it");
    const id = base58.encode(solanaIdOfEthereumTransaction(submitted.hash));
    expect(await valueOf("getSignatureStatuses", [id, base58.encode(new Uint8Array(64).fill(1))])).toMatchObject([
      { slot: node.chain.head.header.number, err: null, status: { Ok: null }, confirmationStatus: "finalized" },
      null,
    ]);
    expect(await ask("getTransaction", id)).toMatchObject({ meta: { err: null }, transaction: { signatures: [id] } });
    const slot = Number(node.chain.head.header.number);
    expect(await ask("getBlock", slot, { transactionDetails: "signatures", rewards: false })).toMatchObject({ signatures: [id] });
  });

  it("are counted, listed with their memos, and their loaded accounts measured", async () => {
    const before = (await ask("getTransactionCount")) as bigint;
    const memo = new TransactionInstruction({ programId: memoProgram, keys: [], data: Buffer.from("hello") });
    const wire = await signed([memo]);
    const simulated = (await valueOf("simulateTransaction", wire.toString("base64"), { encoding: "base64", sigVerify: true })) as {
      readonly loadedAccountsDataSize: number;
    };
    const program = (await valueOf("getAccountInfo", memoProgram.toBase58(), {
      encoding: "base64",
      dataSlice: { offset: 0, length: 0 },
    })) as {
      readonly space: number;
    };
    expect(simulated).toMatchObject({ err: null, loadedAccountsDataSize: 64 + 64 + program.space });
    const id = await send(wire);
    expect(await ask("getTransaction", id, "base64")).toMatchObject({ transaction: [wire.toString("base64"), "base64"] });
    expect(await ask("getSignaturesForAddress", memoProgram.toBase58(), { limit: 1 })).toMatchObject([
      { signature: id, memo: "[5] hello" },
    ]);
    expect(await ask("getTransactionCount")).toBe(before + 1n);
    await node.chain.dev?.mine();
    expect(await ask("getTransactionCount")).toBe(before + 1n);
  });

  it("tell what a compute unit was worth, by accounts", async () => {
    const to = Keypair.generate().publicKey;
    const transfer = SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: 10 ** 6 });
    await send(await signed([ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 77 }), transfer]));
    const slot = node.chain.head.header.number;
    const last = async (...accounts: readonly PublicKey[]): Promise<unknown> =>
      (
        (await ask(
          "getRecentPrioritizationFees",
          accounts.map((key) => key.toBase58()),
        )) as readonly unknown[]
      ).at(-1);
    expect(await last()).toEqual({ slot, prioritizationFee: 77n });
    await node.chain.dev?.mine();
    expect(await last(to)).toEqual({ slot: slot + 1n, prioritizationFee: 0n });
    expect(await ask("getRecentPrioritizationFees", [to.toBase58()])).toContainEqual({ slot, prioritizationFee: 77n });
  });

  it("that are damaged are refused by name or run, whatever the damage", async () => {
    const to = Keypair.generate().publicKey;
    const wire = await signed([SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: 10 ** 6 })]);
    const damage = fc.array(fc.record({ at: fc.nat(wire.length - 1), value: fc.nat(255) }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(wire.length), async (changes, cut) => {
        const bytes = Buffer.from(wire.subarray(0, cut % 3 === 0 ? cut : wire.length));
        for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
        for (const [method, options] of [
          ["simulateTransaction", { replaceRecentBlockhash: true, innerInstructions: true }],
          ["sendTransaction", {}],
        ] as const) {
          try {
            encodeJson(await ask(method, bytes.toString("base64"), { encoding: "base64", ...options }));
          } catch (error) {
            if (!isRpcError(error) || ![-32602, -32002, -32003].includes(error.code)) throw error;
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

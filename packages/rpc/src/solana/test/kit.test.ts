/** @solana/kit over the real ports, as a Solana developer would write it. */
import {
  AccountRole,
  address,
  appendTransactionMessageInstructions,
  createSolanaRpc,
  createSolanaRpcSubscriptions,
  createTransactionMessage,
  fetchAddressesForLookupTables,
  fetchEncodedAccount,
  generateKeyPairSigner,
  getAddressEncoder,
  getBase64EncodedWireTransaction,
  getProgramDerivedAddress,
  getU64Encoder,
  isSolanaError,
  lamports,
  pipe,
  setTransactionMessageConfig,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  type Address,
  type Instruction,
  type KeyPairSigner,
} from "@solana/kit";
import { getCreateAccountInstruction, getTransferSolInstruction } from "@solana-program/system";
import {
  fetchMint,
  fetchToken,
  findAssociatedTokenPda,
  getCreateAssociatedTokenInstructionAsync,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  getTransferCheckedInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKitClient, type KitClient } from "./kit-client.mts";
import { startSolanaNode, type SolanaNode } from "./solana-node.mts";

let node: SolanaNode;
let client: KitClient;
beforeAll(async () => {
  node = await startSolanaNode();
  client = createKitClient(createSolanaRpc(node.url), createSolanaRpcSubscriptions(node.webSocketUrl));
});
afterAll(() => node.close());

async function createMint(payer: KeyPairSigner): Promise<Address> {
  const mint = await generateKeyPairSigner();
  const space = BigInt(getMintSize());
  const rent = await client.rpc.getMinimumBalanceForRentExemption(space).send();
  await client.send(payer, [
    getCreateAccountInstruction({ payer, newAccount: mint, lamports: rent, space, programAddress: TOKEN_PROGRAM_ADDRESS }),
    getInitializeMint2Instruction({ mint: mint.address, decimals: 2, mintAuthority: payer.address }),
  ]);
  return mint.address;
}

async function tokenAccount(payer: KeyPairSigner, owner: Address, mint: Address): Promise<{ ata: Address; create: Instruction }> {
  const [ata] = await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS });
  return { ata, create: await getCreateAssociatedTokenInstructionAsync({ payer, owner, mint }) };
}

/** The first notification of a subscription, which is open once this returns. */
async function firstOf<T>(pending: {
  subscribe(options: { abortSignal: AbortSignal }): Promise<AsyncIterable<T>>;
}): Promise<{ readonly next: Promise<T> }> {
  const stop = new AbortController();
  const notifications = await pending.subscribe({ abortSignal: stop.signal });
  const next = (async () => {
    for await (const notification of notifications) {
      stop.abort();
      return notification;
    }
    throw new Error("the subscription ended");
  })();
  return { next };
}

describe("kit", () => {
  it("creates a mint, mints, transfers, and reads tokens back in every form", async () => {
    const { rpc, subscriptions } = client;
    const payer = await client.fund(10);
    const owner = await generateKeyPairSigner();
    const mint = await createMint(payer);
    const [from, to] = await Promise.all([tokenAccount(payer, payer.address, mint), tokenAccount(payer, owner.address, mint)]);
    const created = await client.send(payer, [
      from.create,
      to.create,
      getMintToInstruction({ mint, token: from.ata, mintAuthority: payer, amount: 1_000n }),
    ]);
    const account = await firstOf(subscriptions.accountNotifications(to.ata, { encoding: "jsonParsed" }));
    const logs = await firstOf(subscriptions.logsNotifications({ mentions: [to.ata] }));
    const program = await firstOf(
      subscriptions.programNotifications(TOKEN_PROGRAM_ADDRESS, {
        encoding: "base64",
        filters: [{ memcmp: { offset: 32n, bytes: owner.address as never, encoding: "base58" } }],
      }),
    );
    const transfer = { source: from.ata, mint, destination: to.ata, authority: payer, amount: 250n, decimals: 2 };
    const signature = await client.send(payer, [getTransferCheckedInstruction(transfer)]);

    expect((await fetchMint(rpc, mint)).data).toMatchObject({ supply: 1_000n, decimals: 2 });
    expect((await fetchToken(rpc, to.ata)).data).toMatchObject({ mint, owner: owner.address, amount: 250n });
    expect((await account.next).value.data).toMatchObject({
      program: "spl-token",
      parsed: { type: "account", info: { tokenAmount: { amount: "250", uiAmount: 2.5, uiAmountString: "2.5" } } },
    });
    expect((await logs.next).value).toMatchObject({ signature, err: null });
    expect((await program.next).value.pubkey).toBe(to.ata);
    expect((await rpc.getTokenAccountBalance(from.ata).send()).value).toMatchObject({ amount: "750", decimals: 2 });
    expect((await rpc.getTokenSupply(mint).send()).value.amount).toBe("1000");
    const largest = (await rpc.getTokenLargestAccounts(mint).send()).value;
    expect(largest.map((entry) => [entry.address, entry.amount])).toEqual([
      [from.ata, "750"],
      [to.ata, "250"],
    ]);
    const owned = await rpc.getTokenAccountsByOwner(owner.address, { mint }, { encoding: "jsonParsed" }).send();
    expect(owned.value).toMatchObject([{ pubkey: to.ata, account: { data: { parsed: { info: { owner: owner.address } } } } }]);
    const filters = [{ dataSize: 165n }, { memcmp: { offset: 0n, bytes: mint as never, encoding: "base58" as const } }];
    expect(await rpc.getProgramAccounts(TOKEN_PROGRAM_ADDRESS, { encoding: "base64", filters }).send()).toHaveLength(2);
    const sliced = await rpc.getAccountInfo(to.ata, { encoding: "base58", dataSlice: { offset: 64, length: 8 } }).send();
    expect(sliced.value).toMatchObject({ space: 165n, data: [expect.any(String), "base58"], rentEpoch: 18_446_744_073_709_551_615n });

    const found = await rpc.getTransaction(signature, { encoding: "jsonParsed", maxSupportedTransactionVersion: 0 }).send();
    expect(found?.meta?.postTokenBalances?.map(({ uiTokenAmount }) => uiTokenAmount.amount).toSorted()).toEqual(["250", "750"]);
    const creation = await rpc.getTransaction(created, { encoding: "jsonParsed", maxSupportedTransactionVersion: 0 }).send();
    expect(creation?.meta?.innerInstructions?.[0]?.instructions[0]).toMatchObject({ programId: TOKEN_PROGRAM_ADDRESS, stackHeight: 2 });
    const history = await rpc.getSignaturesForAddress(to.ata).send();
    expect(history.map((entry) => entry.signature)).toEqual([signature, created]);
    const { value: statuses } = await rpc.getSignatureStatuses([signature, created]).send();
    expect(statuses).toMatchObject([{ err: null, confirmationStatus: "finalized" }, { status: { Ok: null } }]);
    const block = await rpc.getBlock(found!.slot, { maxSupportedTransactionVersion: 0, transactionDetails: "accounts" }).send();
    expect(block?.transactions).toMatchObject([{ meta: { err: null }, transaction: { signatures: [signature] } }]);
  });

  it("simulates with accounts, inner instructions and another blockhash, and leaves nothing behind", async () => {
    const { rpc } = client;
    const payer = await client.fund(10);
    const mint = await createMint(payer);
    const { ata, create } = await tokenAccount(payer, payer.address, mint);
    const message = pipe(
      createTransactionMessage({ version: 0 }),
      (empty) => setTransactionMessageFeePayerSigner(payer, empty),
      (paid) =>
        setTransactionMessageLifetimeUsingBlockhash(
          { blockhash: "11111111111111111111111111111111" as never, lastValidBlockHeight: 0n },
          paid,
        ),
      (dated) => appendTransactionMessageInstructions([create], dated),
    );
    const wire = getBase64EncodedWireTransaction(await signTransactionMessageWithSigners(message));
    const { value } = await rpc
      .simulateTransaction(wire, {
        encoding: "base64",
        replaceRecentBlockhash: true,
        innerInstructions: true,
        accounts: { encoding: "base64", addresses: [ata, address("11111111111111111111111111111112")] },
      })
      .send();
    expect(value.err).toBeNull();
    expect(value.accounts).toMatchObject([{ owner: TOKEN_PROGRAM_ADDRESS, space: 165n }, null]);
    expect(value.innerInstructions?.[0]?.instructions.length).toBeGreaterThan(1);
    expect(value.replacementBlockhash.blockhash).toBe((await rpc.getLatestBlockhash().send()).value.blockhash);
    expect(value.unitsConsumed).toBeGreaterThan(1_000n);
    expect((await fetchEncodedAccount(rpc, ata)).exists).toBe(false);
    const stale = await rpc.simulateTransaction(wire, { encoding: "base64" }).send();
    expect(stale.value).toMatchObject({ err: "BlockhashNotFound", accounts: null, unitsConsumed: 0n });
  });

  it("loads addresses from a lookup table, from the slot after the one that extended it", async () => {
    const { rpc } = client;
    const payer = await client.fund(2);
    const to = await generateKeyPairSigner();
    const program = address("AddressLookupTab1e1111111111111111111111111");
    const slot = (await rpc.getSlot().send()) - 1n;
    const seeds = [getAddressEncoder().encode(payer.address), getU64Encoder().encode(slot)];
    const [table, bump] = await getProgramDerivedAddress({ programAddress: program, seeds });
    const accounts = [
      { address: table, role: AccountRole.WRITABLE },
      { address: payer.address, role: AccountRole.READONLY_SIGNER },
      { address: payer.address, role: AccountRole.WRITABLE_SIGNER },
      { address: address("11111111111111111111111111111111"), role: AccountRole.READONLY },
    ];
    const createData = Uint8Array.of(0, 0, 0, 0, ...getU64Encoder().encode(slot), bump);
    const extendData = Uint8Array.of(2, 0, 0, 0, ...getU64Encoder().encode(1n), ...getAddressEncoder().encode(to.address));
    await client.send(payer, [
      { programAddress: program, accounts, data: createData },
      { programAddress: program, accounts, data: extendData },
    ]);
    const tables = await fetchAddressesForLookupTables([table], rpc);
    expect(tables).toEqual({ [table]: [to.address] });
    const transfer = getTransferSolInstruction({ source: payer, destination: to.address, amount: lamports(1_000_000_000n) });
    const signature = await client.send(payer, [transfer], tables);
    expect((await rpc.getBalance(to.address).send()).value).toBe(1_000_000_000n);
    const found = await rpc.getTransaction(signature, { encoding: "json", maxSupportedTransactionVersion: 0 }).send();
    expect(found?.meta?.loadedAddresses).toEqual({ writable: [to.address], readonly: [] });
    expect(found?.transaction.message).toMatchObject({
      addressTableLookups: [{ accountKey: table, writableIndexes: [0], readonlyIndexes: [] }],
    });
    const parsed = await rpc.getTransaction(signature, { encoding: "jsonParsed", maxSupportedTransactionVersion: 0 }).send();
    expect(parsed?.transaction.message.accountKeys.at(-1)).toEqual({
      pubkey: to.address,
      signer: false,
      writable: true,
      source: "lookupTable",
    });
    await expect(rpc.getTransaction(signature, { encoding: "json" }).send()).rejects.toThrow("Transaction version (0) is not supported");
  });

  it("decodes failures: a preflight with logs, a duplicate, a signature that does not hold", async () => {
    const { rpc } = client;
    const payer = await client.fund(1);
    const to = await generateKeyPairSigner();
    const tooMuch = getTransferSolInstruction({ source: payer, destination: to.address, amount: lamports(5_000_000_000n) });
    const failure: unknown = await client.send(payer, [tooMuch]).catch((error: unknown) => error);
    if (!isSolanaError(failure, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)) throw failure;
    expect(failure.context.logs).toContain("Transfer: insufficient lamports 999995000, need 5000000000");
    expect(isSolanaError(failure.cause, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM)).toBe(true);

    const { value: latest } = await rpc.getLatestBlockhash().send();
    const transaction = await signTransactionMessageWithSigners(
      pipe(
        createTransactionMessage({ version: "legacy" }),
        (empty) => setTransactionMessageFeePayerSigner(payer, empty),
        (paid) => setTransactionMessageLifetimeUsingBlockhash(latest, paid),
        (dated) =>
          appendTransactionMessageInstructions(
            [getTransferSolInstruction({ source: payer, destination: to.address, amount: lamports(900_000n) })],
            dated,
          ),
      ),
    );
    const wire = getBase64EncodedWireTransaction(transaction);
    const id = await rpc.sendTransaction(wire, { encoding: "base64" }).send();
    await expect(rpc.sendTransaction(wire, { encoding: "base64" }).send()).rejects.toMatchObject({
      cause: { message: "This transaction has already been processed" },
    });
    expect(await rpc.sendTransaction(wire, { encoding: "base64", skipPreflight: true }).send()).toBe(id);
    const broken = Buffer.from(wire, "base64");
    broken[5] = (broken[5] as number) ^ 1;
    for (const skipPreflight of [false, true]) {
      await expect(
        rpc.sendTransaction(broken.toString("base64") as never, { encoding: "base64", skipPreflight }).send(),
      ).rejects.toMatchObject({ context: { __code: -32003 } });
    }
    expect((await rpc.getBalance(to.address).send()).value).toBe(900_000n);
  });

  it("sends a transaction of version 1, which asks for its limits itself", async () => {
    const { rpc } = client;
    const payer = await client.fund(2);
    const to = await generateKeyPairSigner();
    const { value: latest } = await rpc.getLatestBlockhash().send();
    const transfer = getTransferSolInstruction({ source: payer, destination: to.address, amount: lamports(1_000_000_000n) });
    const message = pipe(
      createTransactionMessage({ version: 1 }),
      (empty) => setTransactionMessageFeePayerSigner(payer, empty),
      (paid) => setTransactionMessageLifetimeUsingBlockhash(latest, paid),
      (dated) => appendTransactionMessageInstructions([transfer], dated),
      (whole) =>
        setTransactionMessageConfig({ computeUnitLimit: 10_000, loadedAccountsDataSizeLimit: 1_000, priorityFeeLamports: 7n }, whole),
    );
    const wire = getBase64EncodedWireTransaction(await signTransactionMessageWithSigners(message));
    const signature = await rpc.sendTransaction(wire, { encoding: "base64" }).send();
    const found = await rpc.getTransaction(signature, { encoding: "base64", maxSupportedTransactionVersion: 1 as 0 }).send();
    expect(found).toMatchObject({ version: 1, meta: { err: null, fee: 5_007n }, transaction: [wire, "base64"] });
    expect((await rpc.getBalance(to.address).send()).value).toBe(1_000_000_000n);
  });

  it("tells of the chain: epochs, fees, blockhashes, and slots below the wanted one", async () => {
    const { rpc } = client;
    const slot = await rpc.getSlot().send();
    expect(await rpc.getEpochInfo().send()).toMatchObject({ absoluteSlot: slot, epoch: 0n, slotsInEpoch: 432_000n });
    const { value: latest } = await rpc.getLatestBlockhash().send();
    expect((await rpc.isBlockhashValid(latest.blockhash).send()).value).toBe(true);
    expect((await rpc.isBlockhashValid("11111111111111111111111111111111" as never).send()).value).toBe(false);
    expect(await rpc.getBlocks(0n, slot).send()).toHaveLength(Number(slot) + 1);
    expect(await rpc.getTransactionCount().send()).toBe(slot);
    await expect(rpc.getBalance(address("11111111111111111111111111111111"), { minContextSlot: slot + 100n }).send()).rejects.toMatchObject(
      {
        context: { __code: -32016, contextSlot: slot },
      },
    );
    await expect(rpc.getBlock(slot + 100n).send()).rejects.toMatchObject({ context: { __code: -32004 } });
    await expect(rpc.getAccountInfo(TOKEN_PROGRAM_ADDRESS, { encoding: "base58" }).send()).resolves.toMatchObject({
      value: { executable: true },
    });
  });
});

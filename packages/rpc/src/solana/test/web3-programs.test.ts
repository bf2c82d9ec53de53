/** Programs, nonces and blockhashes with web3.js 1.x over the real ports. */
import { base58 } from "@scure/base";
import {
  AddressLookupTableProgram,
  Keypair,
  NONCE_ACCOUNT_LENGTH,
  type NonceAccount,
  type PublicKey,
  SendTransactionError,
  SystemProgram,
  Transaction,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from "@solana/web3.js";
import { assemble, writeElf } from "@trireme/svm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chunkLength, closeProgram, createBuffer, deploy, loaderId, programDataOf, upgrade, writeChunks } from "./loader-instructions.mts";
import { startSolanaNode, type SolanaNode } from "./solana-node.mts";
import { createWeb3Client, type Web3Client } from "./web3-client.mts";

let node: SolanaNode;
let client: Web3Client;
beforeAll(async () => {
  node = await startSolanaNode();
  client = createWeb3Client(node.url);
});
afterEach(() => node.chain.dev?.setMining({ kind: "auto" }));
afterAll(async () => {
  await client.stop();
  await node.close();
});

/** A program that logs a line; padded, so that it takes several transactions to write. */
function elfThatLogs(line: string): Uint8Array {
  const source = `
    .rodata
    line: .ascii "${line}"
    padding: .zero 2000
    .text
    entrypoint:
      lddw r1, line
      mov64 r2, ${line.length}
      syscall sol_log_
      mov64 r0, 0
      exit
  `;
  return writeElf(assemble(source, { version: 0 }));
}

async function writeBuffer(payer: Keypair, elf: Uint8Array): Promise<PublicKey> {
  const buffer = Keypair.generate();
  const rent = await client.connection.getMinimumBalanceForRentExemption(37 + elf.length);
  await client.send(payer, createBuffer(payer.publicKey, buffer.publicKey, elf.length, rent), [buffer]);
  await Promise.all(writeChunks(payer.publicKey, buffer.publicKey, elf).map((write) => client.send(payer, [write])));
  return buffer.publicKey;
}

const logsOf = async (signature: string): Promise<readonly string[]> => {
  const found = await client.connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
  return found?.meta?.logMessages ?? [];
};

describe("web3.js", () => {
  it("deploys a program in chunks, calls it from the next slot on, upgrades and closes it", async () => {
    const { connection } = client;
    const payer = await client.fund(10);
    const program = Keypair.generate();
    const call = new TransactionInstruction({ programId: program.publicKey, keys: [], data: Buffer.alloc(0) });
    const elf = elfThatLogs("hello from version one");
    expect(elf.length).toBeGreaterThan(2 * chunkLength);
    const rent = await connection.getMinimumBalanceForRentExemption(36);
    const buffer = await writeBuffer(payer, elf);

    node.chain.dev?.setMining({ kind: "manual" });
    const { blockhash } = await connection.getLatestBlockhash();
    const options = { feePayer: payer.publicKey, recentBlockhash: blockhash };
    const deployment = new Transaction(options).add(...deploy(payer.publicKey, program, buffer, elf.length * 2, rent));
    const early = new Transaction(options).add(call);
    deployment.sign(payer, program);
    early.sign(payer);
    const deployed = await connection.sendRawTransaction(deployment.serialize());
    const tooEarly = await connection.sendRawTransaction(early.serialize(), { skipPreflight: true });
    await node.chain.dev?.mine();
    node.chain.dev?.setMining({ kind: "auto" });
    const { value } = await connection.getSignatureStatuses([deployed, tooEarly]);
    expect(value[0]).toMatchObject({ err: null });
    expect(value[1]?.slot).toBe(value[0]?.slot);
    expect(value[1]?.err).not.toBeNull();
    expect(await logsOf(deployed)).toContain(`Deployed program ${program.publicKey.toBase58()}`);

    expect(await logsOf(await client.send(payer, [call]))).toContain("Program log: hello from version one");
    const account = await connection.getParsedAccountInfo(program.publicKey);
    expect(account.value).toMatchObject({
      executable: true,
      data: {
        program: "bpf-upgradeable-loader",
        parsed: { type: "program", info: { programData: programDataOf(program.publicKey).toBase58() } },
      },
    });
    const next = await writeBuffer(payer, elfThatLogs("hello from version two"));
    await client.send(payer, [upgrade(payer.publicKey, program.publicKey, next)]);
    expect(await logsOf(await client.send(payer, [call]))).toContain("Program log: hello from version two");
    expect(await connection.getProgramAccounts(loaderId, { dataSlice: { offset: 0, length: 4 } })).toEqual(
      expect.arrayContaining([expect.objectContaining({ pubkey: programDataOf(program.publicKey) })]),
    );

    await client.send(payer, [closeProgram(payer.publicKey, program.publicKey)]);
    expect(await connection.getAccountInfo(programDataOf(program.publicKey))).toBeNull();
    await expect(client.send(payer, [call])).rejects.toThrow(SendTransactionError);
  });

  it("a failed preflight has its logs, and a duplicate is told so", async () => {
    const { connection } = client;
    const payer = await client.fund(1);
    const latest = await connection.getLatestBlockhash();
    const signed = (lamports: number): Buffer => {
      const to = Keypair.generate().publicKey;
      const transaction = new Transaction({ feePayer: payer.publicKey, ...latest });
      transaction.add(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports })).sign(payer);
      return transaction.serialize();
    };
    const failure: unknown = await connection.sendRawTransaction(signed(5e9)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SendTransactionError);
    expect((failure as SendTransactionError).logs).toContain("Transfer: insufficient lamports 999995000, need 5000000000");
    const good = signed(1e6);
    await connection.sendRawTransaction(good);
    await expect(connection.sendRawTransaction(good)).rejects.toThrow("This transaction has already been processed");
    // An account of 1,000 lamports would be below the minimum that rent asks for.
    await expect(connection.sendRawTransaction(signed(1_000))).rejects.toThrow("insufficient funds for rent");
  });

  it("uses a lookup table, and hears of slots, programs and signatures", async () => {
    const { connection } = client;
    const payer = await client.fund(2);
    const to = Keypair.generate().publicKey;
    const [create, table] = AddressLookupTableProgram.createLookupTable({
      authority: payer.publicKey,
      payer: payer.publicKey,
      recentSlot: (await connection.getSlot()) - 1,
    });
    const extend = AddressLookupTableProgram.extendLookupTable({
      lookupTable: table,
      authority: payer.publicKey,
      payer: payer.publicKey,
      addresses: [to],
    });
    await client.send(payer, [create, extend]);
    const { value } = await connection.getAddressLookupTable(table);
    const latest = await connection.getLatestBlockhash();
    const message = new TransactionMessage({
      payerKey: payer.publicKey,
      recentBlockhash: latest.blockhash,
      instructions: [SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: 1e6 })],
    }).compileToV0Message([value as NonNullable<typeof value>]);
    expect(message.staticAccountKeys).not.toContainEqual(to);
    const transaction = new VersionedTransaction(message);
    transaction.sign([payer]);

    const heard: string[] = [];
    let ids: readonly number[] = [];
    const all = new Promise<void>((resolve) => {
      const hear = (what: string): void => {
        if (!heard.includes(what)) heard.push(what);
        if (heard.length === 4) resolve();
      };
      ids = [
        connection.onSlotChange(() => hear("slot")),
        connection.onRootChange(() => hear("root")),
        connection.onProgramAccountChange(SystemProgram.programId, ({ accountId }) => {
          if (accountId.equals(to)) hear("program");
        }),
      ];
      connection.onSignature(base58.encode(transaction.signatures[0] as Uint8Array), ({ err }) =>
        hear(err === null ? "success" : "failure"),
      );
    });
    const signature = await connection.sendTransaction(transaction);
    await connection.confirmTransaction({ signature, ...latest });
    // The first block after the subscriptions that each listener is sure to hear of.
    await node.chain.dev?.mine();
    await client.send(payer, [SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: 1e6 })]);
    await all;
    expect(heard.toSorted()).toEqual(["program", "root", "slot", "success"]);
    const [slot, root, program] = ids as readonly [number, number, number];
    await connection.removeSlotChangeListener(slot);
    await connection.removeRootChangeListener(root);
    await connection.removeProgramAccountChangeListener(program);
    expect(await connection.getBalance(to)).toBe(2e6);
  });

  it("parses transactions and blocks", async () => {
    const { connection } = client;
    const payer = await client.fund(1);
    const to = Keypair.generate().publicKey;
    const signature = await client.send(payer, [SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: 1e6 })]);
    const parsed = await connection.getParsedTransaction(signature, { maxSupportedTransactionVersion: 0 });
    expect(parsed?.transaction.message.instructions[0]).toMatchObject({
      programId: SystemProgram.programId,
      accounts: [payer.publicKey, to],
    });
    const slot = parsed?.slot as number;
    const block = await connection.getBlock(slot, { maxSupportedTransactionVersion: 0 });
    expect(block?.transactions.map(({ transaction }) => transaction.signatures)).toEqual([[signature]]);
    expect((await connection.getBlockSignatures(slot)).signatures).toEqual([signature]);
    expect(await connection.getBlocks(slot)).toContain(slot);
    expect(await connection.getBlockTime(slot)).toBe(block?.blockTime);
    const latest = await connection.getLatestBlockhashAndContext();
    expect(latest.value.lastValidBlockHeight).toBe(latest.context.slot + 150);
    const transaction = new Transaction({ feePayer: payer.publicKey, ...latest.value });
    transaction.add(SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: 1 }));
    expect((await connection.getFeeForMessage(transaction.compileMessage())).value).toBe(5_000);
  });

  // Last: web3.js goes on to use the blockhash that it has for half a minute.
  it("sends with a durable nonce, which a blockhash that grew old does not stop", async () => {
    const { connection } = client;
    const payer = await client.fund(5);
    const nonce = Keypair.generate();
    const to = Keypair.generate().publicKey;
    const rent = await connection.getMinimumBalanceForRentExemption(NONCE_ACCOUNT_LENGTH);
    const create = SystemProgram.createNonceAccount({
      fromPubkey: payer.publicKey,
      noncePubkey: nonce.publicKey,
      authorizedPubkey: payer.publicKey,
      lamports: rent,
    });
    await client.send(payer, create.instructions, [nonce]);
    const stored = await connection.getNonce(nonce.publicKey);
    const ordinary = new Transaction({ feePayer: payer.publicKey, recentBlockhash: (await connection.getLatestBlockhash()).blockhash });
    const transfer = SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: to, lamports: 1_000_000 });
    ordinary.add(transfer).sign(payer);
    const durable = new Transaction({ feePayer: payer.publicKey, recentBlockhash: (stored as NonceAccount).nonce });
    durable.add(SystemProgram.nonceAdvance({ noncePubkey: nonce.publicKey, authorizedPubkey: payer.publicKey }), transfer).sign(payer);

    await node.chain.dev?.mine(152);
    const refused: unknown = await connection.sendRawTransaction(ordinary.serialize()).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SendTransactionError);
    expect((refused as SendTransactionError).message).toContain("Blockhash not found");
    const signature = await connection.sendRawTransaction(durable.serialize());
    expect((await connection.getSignatureStatus(signature)).value?.err).toBeNull();
    expect(await connection.getBalance(to)).toBe(1_000_000);
    const moved = await connection.getNonce(nonce.publicKey);
    expect(moved?.nonce).not.toBe(stored?.nonce);
    await expect(connection.sendRawTransaction(durable.serialize())).rejects.toThrow("Transaction simulation failed");
  });
});

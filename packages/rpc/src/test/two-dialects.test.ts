/** One block seen by both dialects, over real ports, with the clients that people have: docs/spec/logs-and-receipts.md. */
import { base58 } from "@scure/base";
import { createSolanaRpc, signature as signatureOf, address as kitAddress } from "@solana/kit";
import { ComputeBudgetProgram, Connection, PublicKey, Transaction, type TransactionInstruction } from "@solana/web3.js";
import { bytesToHex, toAddress, type Pubkey } from "@trireme/core";
import { JsonRpcProvider } from "ethers";
import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  http,
  keccak256,
  parseAbi,
  parseEther,
  toHex,
  webSocket,
  type Abi,
  type Hex,
  type Log,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStoppableFetch } from "../solana/test/solana-node.mts";
import { hexAddresses, privateKeys } from "./test-node.mts";
import {
  compileSpeaker,
  contractInstruction,
  parrot,
  parrotInstruction,
  payer,
  startTwoDialectsNode,
  tagged,
  type TwoDialectsNode,
} from "./two-dialects-node.mts";

const account = privateKeyToAccount(privateKeys[0] as Hex);
const { fetch, stop } = createStoppableFetch();
const programData = parseAbi(["event ProgramData(bytes[] data)"]);
const parrotKey = bytesToHex(parrot.toBytes());
const parrotAddress = bytesToHex(toAddress(parrot.toBytes() as Pubkey));
const gateway = new PublicKey("Ca11Gateway11111111111111111111111111111111");

let node: TwoDialectsNode;
let connection: Connection;
let speaker: Hex;
let abi: Abi;
/** The block that all look at: three Ethereum transactions, two of Solana, one after the other. */
let blockNumber: bigint;
let hashes: readonly Hex[];
let ids: readonly string[];

const viem = () => {
  const common = { chain: foundry, transport: http(node.ethereumUrl, { retryCount: 0 }), pollingInterval: 20 };
  return { reader: createPublicClient(common), wallet: createWalletClient({ ...common, account }) };
};
const callData = (functionName: string, args: readonly unknown[]): Hex => encodeFunctionData({ abi, functionName, args });

async function sendEthereum(functionName: string, args: readonly unknown[], nonce: number): Promise<Hex> {
  return viem().wallet.sendTransaction({ to: speaker, data: callData(functionName, args), gas: 400_000n, nonce, value: 0n });
}

async function sendSolana(...instructions: readonly TransactionInstruction[]): Promise<string> {
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(...instructions);
  transaction.sign(payer);
  return connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
}

/** What a message that names a contract asks for: the base fee (rule 14), here at most 2 gwei. */
const priced = [
  ComputeBudgetProgram.setComputeUnitLimit({ units: 300_000 }),
  ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 2_000_000 }),
];

beforeAll(async () => {
  node = await startTwoDialectsNode();
  connection = new Connection(node.solanaUrl, { commitment: "confirmed", fetch });
  const compiled = await compileSpeaker();
  abi = compiled.abi;
  const { reader, wallet } = viem();
  const deployment = await reader.waitForTransactionReceipt({ hash: await wallet.deployContract({ abi, bytecode: compiled.bytecode }) });
  speaker = deployment.contractAddress as Hex;
  node.chain.dev?.setMining({ kind: "manual" });
  // Ranked by price and sent in turns: the order in the block is the chain's.
  await sendEthereum("speak", [1n], 1);
  await sendSolana(parrotInstruction(Uint8Array.of(1, 2)));
  await sendEthereum("relay", [parrotKey, "0x0304", 5n], 2);
  await sendSolana(...priced, contractInstruction(speaker, callData("relay", [parrotKey, "0x05", 8n])));
  await sendEthereum("relayAndFail", [parrotKey, "0x06"], 3);
  await viem().wallet.sendTransaction({ to: hexAddresses[1] as Hex, value: parseEther("1"), nonce: 4 });
  await node.chain.dev?.mine();
  node.chain.dev?.setMining({ kind: "auto" });
  const block = await reader.getBlock();
  blockNumber = block.number;
  hashes = block.transactions;
  const named = await Promise.all(hashes.map((id) => node.ethereum.request("trireme_getTransactionIds", [id])));
  ids = named.map((each) => (each as { readonly solana: string }).solana);
});
afterAll(async () => {
  await stop();
  await node.close();
});

describe("one block", () => {
  it("has the same transactions in the same order in both dialects, for every client", async () => {
    const { reader } = viem();
    expect(hashes).toHaveLength(6);
    expect(new Set(ids).size).toBe(6);
    for (const [index, id] of ids.entries())
      expect(await node.solana.request("trireme_getTransactionIds", [id])).toEqual({ ethereum: hashes[index], solana: id });

    const withTransactions = await reader.getBlock({ blockNumber, includeTransactions: true });
    expect(withTransactions.transactions.map(({ hash, transactionIndex }) => [hash, transactionIndex])).toEqual(
      hashes.map((hash, index) => [hash, index]),
    );
    const provider = new JsonRpcProvider(node.ethereumUrl);
    expect((await provider.getBlock(Number(blockNumber), true))?.prefetchedTransactions.map(({ hash }) => hash)).toEqual(hashes);
    provider.destroy();

    const rpc = createSolanaRpc(node.solanaUrl);
    const common = { maxSupportedTransactionVersion: 0, rewards: false } as const;
    const full = await rpc.getBlock(blockNumber, { ...common, encoding: "json", transactionDetails: "full" }).send();
    expect(full?.transactions.map(({ transaction }) => transaction.signatures[0])).toEqual(ids);
    const parsed = await rpc.getBlock(blockNumber, { ...common, encoding: "jsonParsed", transactionDetails: "full" }).send();
    expect(parsed?.transactions.map(({ transaction }) => transaction.signatures[0])).toEqual(ids);
    const accounts = await rpc.getBlock(blockNumber, { ...common, transactionDetails: "accounts" }).send();
    expect(accounts?.transactions.map(({ transaction }) => transaction.signatures[0])).toEqual(ids);
    expect((await connection.getBlockSignatures(Number(blockNumber))).signatures).toEqual(ids);
    const web3 = await connection.getBlock(Number(blockNumber), { maxSupportedTransactionVersion: 0 });
    expect(web3?.transactions.map(({ transaction }) => transaction.signatures[0])).toEqual(ids);
    const raw = await connection.getParsedBlock(Number(blockNumber), { maxSupportedTransactionVersion: 0 });
    expect(raw.transactions.map(({ transaction }) => transaction.signatures[0])).toEqual(ids);
  });

  it("numbers the logs of all its transactions through, and every way to ask for them agrees", async () => {
    const { reader } = viem();
    const receipts = await Promise.all(hashes.map((hash) => reader.getTransactionReceipt({ hash })));
    const logs = receipts.flatMap((receipt) => receipt.logs);
    // speak; the parrot; speak, parrot, speak, from either dialect.
    expect(logs).toHaveLength(8);
    expect(logs.map(({ logIndex }) => logIndex)).toEqual(logs.map((_, index) => index));
    expect(await reader.getLogs({ fromBlock: blockNumber, toBlock: blockNumber })).toEqual(logs);
    const spoken = await reader.getContractEvents({ address: speaker, abi, eventName: "Spoke", fromBlock: blockNumber });
    const payerAddress = bytesToHex(toAddress(payer.publicKey.toBytes() as Pubkey));
    expect(new Set(spoken.map(({ args }) => (args as unknown as { speaker: string }).speaker.toLowerCase()))).toEqual(
      new Set([account.address.toLowerCase(), payerAddress]),
    );
    const repeated = await reader.getContractEvents({ address: parrotAddress, abi: programData, fromBlock: blockNumber });
    expect(repeated.map(({ args }) => args.data).toSorted()).toEqual([
      ["0x0102", "0x"],
      ["0x0304", "0x"],
      ["0x05", "0x"],
    ]);
    expect(repeated.map(({ transactionHash, transactionIndex }) => hashes[transactionIndex] === transactionHash)).toEqual([
      true,
      true,
      true,
    ]);
    const topic = keccak256(toHex("ProgramData(bytes[])"));
    const byTopic = await reader.getFilterLogs({
      filter: await reader.createEventFilter({ event: programData[0], fromBlock: blockNumber }),
    });
    expect(byTopic).toHaveLength(3);
    expect(byTopic.every(({ topics }) => topics[0] === topic)).toBe(true);
    const failed = receipts.filter(({ status }) => status === "reverted");
    expect(failed.map((receipt) => [receipt.logs.length, BigInt(receipt.logsBloom)])).toEqual([[0, 0n]]);
    expect((failed[0] as unknown as { programLogs: readonly string[] }).programLogs).toContain("Program data: Bg== ");
  });

  it("tells Solana's clients of an Ethereum transaction what it did, paid and said", async () => {
    const { reader } = viem();
    for (const [index, hash] of hashes.entries()) {
      const sent = await reader.getTransaction({ hash });
      if (sent.typeHex === "0x74") continue;
      const id = ids[index] as string;
      const receipt = await reader.getTransactionReceipt({ hash });
      const found = await connection.getTransaction(id, { maxSupportedTransactionVersion: 0 });
      if (found?.meta == null) throw new Error("expected the transaction");
      const { meta, transaction } = found;
      expect([found.slot, meta.err === null]).toEqual([Number(blockNumber), receipt.status === "success"]);
      expect((await connection.getSignatureStatus(id)).value).toMatchObject({ slot: Number(blockNumber), err: meta.err });
      const keys = transaction.message.staticAccountKeys;
      expect([keys[0], keys.at(-1)]).toEqual([tagged(account.address), gateway]);
      expect(meta.computeUnitsConsumed).toBe(Number(receipt.gasUsed));
      const { parentHash } = await reader.getBlock({ blockNumber });
      expect(toHex(base58.decode(transaction.message.recentBlockhash))).toBe(parentHash);
      expect([meta.innerInstructions, meta.preTokenBalances, meta.postTokenBalances]).toEqual([null, null, null]);
      const [call] = transaction.message.compiledInstructions;
      expect(call?.accountKeyIndexes.slice(0, 2).map((place) => keys[place])).toEqual([tagged(sent.to as Hex), tagged(account.address)]);
      expect(toHex(call?.data.subarray(26) ?? new Uint8Array(0))).toBe(sent.input);
      const gwei = 10n ** 9n;
      const spent = receipt.gasUsed * receipt.effectiveGasPrice;
      expect(BigInt(meta.fee)).toBe((spent + gwei - 1n) / gwei);
      const before = BigInt(meta.preBalances[0] as number);
      // Both balances are cut to whole lamports.
      const missing = before * gwei - BigInt(meta.postBalances[0] as number) * gwei - spent - sent.value;
      expect(missing > -gwei && missing < gwei).toBe(true);
      const lines = meta.logMessages ?? [];
      expect(lines[0]).toBe(`Program ${gateway.toBase58()} invoke [1]`);
      const events = lines.filter((line) => line.startsWith("EVM log: ")).map((line) => JSON.parse(line.slice(9)) as Log);
      const said = receipt.logs.filter(({ address }) => address !== parrotAddress);
      expect(events).toEqual(said.map(({ address, topics, data }) => ({ address, topics, data })));
      expect(lines.at(-1)).toBe(
        `Program ${gateway.toBase58()} ${receipt.status === "success" ? "success" : "failed: Program failed to complete"}`,
      );
      // As bytes it is a message that anybody's decoder reads.
      const rpc = createSolanaRpc(node.solanaUrl);
      const bytes = await rpc.getTransaction(signatureOf(id), { encoding: "base64", maxSupportedTransactionVersion: 0 }).send();
      const wire = Transaction.from(Buffer.from((bytes as unknown as { transaction: readonly [string] }).transaction[0], "base64"));
      expect(base58.encode(wire.signature ?? new Uint8Array(0))).toBe(id);
      expect((await connection.getParsedTransaction(id, { maxSupportedTransactionVersion: 0 }))?.meta?.logMessages).toEqual(lines);
    }
  });

  it("shows Ethereum's clients a Solana transaction in full", async () => {
    const { reader } = viem();
    const from = bytesToHex(toAddress(payer.publicKey.toBytes() as Pubkey));
    let seen = 0;
    for (const [index, hash] of hashes.entries()) {
      const sent = await reader.getTransaction({ hash });
      if (sent.typeHex !== "0x74") continue;
      seen++;
      expect(sent).toMatchObject({ from, to: `0x${"0".repeat(40)}`, value: 0n, nonce: 0, transactionIndex: index });
      const receipt = await reader.getTransactionReceipt({ hash });
      expect(receipt).toMatchObject({ from, status: "success", contractAddress: null });
      expect(receipt.gasUsed <= sent.gas).toBe(true);
      const rpc = createSolanaRpc(node.solanaUrl);
      const id = signatureOf(ids[index] as string);
      const own = await rpc.getTransaction(id, { encoding: "base64", maxSupportedTransactionVersion: 0 }).send();
      expect(sent.input).toBe(toHex(Buffer.from(own?.transaction[0] ?? "", "base64")));
      expect(receipt.effectiveGasPrice).toBe(((own?.meta?.fee ?? 0n) * 10n ** 9n) / receipt.gasUsed);
      const envelope = (await node.ethereum.request("eth_getRawTransactionByHash", [hash])) as Hex;
      expect(keccak256(envelope)).toBe(hash);
      const lines = (await connection.getTransaction(ids[index] as string, { maxSupportedTransactionVersion: 0 }))?.meta?.logMessages ?? [];
      const { programLogs } = receipt as unknown as { programLogs: readonly string[] };
      expect(lines.slice(0, programLogs.length)).toEqual(programLogs);
      expect(lines.slice(programLogs.length).every((line) => line.startsWith("EVM log: "))).toBe(true);
    }
    expect(seen).toBe(2);
  });

  it("lists a transaction under every account and program that it had a part in", async () => {
    const { reader } = viem();
    const calls = await Promise.all(hashes.map(async (hash) => (await reader.getTransaction({ hash })).to?.toLowerCase()));
    const receipts = await Promise.all(hashes.map((hash) => reader.getTransactionReceipt({ hash })));
    const withParrot = ids.filter((_, index) =>
      ((receipts[index] as unknown as { programLogs?: readonly string[] }).programLogs ?? []).some((line) =>
        line.includes(parrot.toBase58()),
      ),
    );
    const listed = await connection.getSignaturesForAddress(parrot);
    expect(withParrot).toHaveLength(4);
    expect(listed.map(({ signature }) => signature).toReversed()).toEqual(withParrot);
    const ofSpeaker = (await connection.getSignaturesForAddress(tagged(speaker))).map(({ signature }) => signature);
    for (const [index, to] of calls.entries()) if (to === speaker) expect(ofSpeaker).toContain(ids[index]);
    expect(ofSpeaker.length).toBe(5);
    const rpc = createSolanaRpc(node.solanaUrl);
    const received = await rpc.getSignaturesForAddress(kitAddress(tagged(hexAddresses[1] as Hex).toBase58())).send();
    expect(received.map(({ signature }) => signature)).toEqual([ids[calls.indexOf(hexAddresses[1])]]);
  });
});

describe("a static frame", () => {
  it("has program lines and no events", async () => {
    const { reader, wallet } = viem();
    const hash = await wallet.writeContract({ address: speaker, abi, functionName: "whisper", args: [parrotKey, "0x0a"] });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    expect(receipt.logs.map(({ address }) => address)).toEqual([speaker]);
    const heard = await reader.getContractEvents({ address: speaker, abi, eventName: "Heard", blockHash: receipt.blockHash });
    expect(heard).toMatchObject([{ args: { succeeded: true } }]);
    expect((receipt as unknown as { programLogs: readonly string[] }).programLogs).toContain("Program data: Cg== ");
  });
});

describe("who listens", () => {
  it("hears of transactions of both dialects in either", async () => {
    const heard = { mentioned: [] as string[], all: [] as string[], logs: [] as string[] };
    const socket = createPublicClient({ chain: foundry, transport: webSocket(node.ethereumSocketUrl) });
    const unwatch = socket.watchContractEvent({
      address: parrotAddress,
      abi: programData,
      onLogs: (logs) => heard.logs.push(...logs.map(({ args }) => args.data?.[0] ?? "")),
    });
    const listeners = [
      connection.onLogs(parrot, ({ signature }) => heard.mentioned.push(signature)),
      connection.onLogs("all", ({ signature }) => heard.all.push(signature)),
    ];
    const filter = (await node.ethereum.request("eth_newFilter", [{ address: parrotAddress }])) as Hex;
    // Whoever subscribes is heard from when the server has taken it: send until all have heard of one pair.
    const pairs: { readonly ids: readonly string[]; readonly data: readonly Hex[] }[] = [];
    const isHeard = ({ ids: sent, data }: (typeof pairs)[number]): boolean =>
      sent.every((id) => heard.mentioned.includes(id) && heard.all.includes(id)) && data.every((each) => heard.logs.includes(each));
    while (!pairs.some(isHeard)) {
      const nonce = await viem().reader.getTransactionCount({ address: account.address });
      const data = [toHex(nonce, { size: 2 }), toHex(Uint8Array.of(0xee, nonce))] as const;
      const hash = await sendEthereum("relay", [parrotKey, data[0], 5n], nonce);
      const own = await sendSolana(parrotInstruction(Uint8Array.of(0xee, nonce)));
      const { solana: id } = (await node.ethereum.request("trireme_getTransactionIds", [hash])) as { readonly solana: string };
      pairs.push({ ids: [id, own], data });
      await new Promise((resume) => setTimeout(resume, 20));
    }
    const changes = (await node.ethereum.request("eth_getFilterChanges", [filter])) as readonly unknown[];
    expect(changes).toHaveLength(2 * pairs.length);
    const [first, second] = (pairs.find(isHeard)?.data ?? []).map((each) => heard.logs.indexOf(each));
    expect(second).toBe((first as number) + 1);
    unwatch();
    await Promise.all(listeners.map((listener) => connection.removeOnLogsListener(listener)));
  });
});

/** Solana wallets that call Solidity contracts: instructions of plain Solana transactions, with web3.js and viem over real ports. */
import { readFileSync } from "node:fs";
import {
  ComputeBudgetProgram,
  Connection,
  Keypair,
  PublicKey,
  type SendTransactionError,
  Transaction,
  TransactionInstruction,
} from "@solana/web3.js";
import { programIds, encodeGatewayCall } from "@trireme/svm";
import { bytesToHex, toAddress, type Pubkey } from "@trireme/core";
import { compileSolidity } from "@trireme/testing";
import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  http,
  parseEther,
  toBytes,
  type Abi,
  type Address,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deriveDevAccounts, devAccountSecret } from "./dev-accounts.ts";
import { defineDevChain, devFaucetSeed } from "./dev-chain.ts";
import { startNode, type RunningNode } from "./start-node.ts";

const accounts = deriveDevAccounts(undefined, 2);
const payer = Keypair.fromSeed(accounts.find(({ kind }) => kind === "solana")!.privateKey);
const sender = bytesToHex(toAddress(payer.publicKey.toBytes() as Pubkey));
const callGateway = new PublicKey(programIds.callGateway);
const oneLamport = 1_000_000_000n;

let node: RunningNode;
let connection: Connection;
let ledger: Address;
let abi: Abi;

const tagged = (address: Address): PublicKey =>
  new PublicKey(Buffer.concat([Buffer.from("trireme:addr"), Buffer.from(address.slice(2), "hex")]));
const reader = () => createPublicClient({ chain: foundry, transport: http(node.http), pollingInterval: 20 });
const read = (functionName: string, args: readonly unknown[] = []) => reader().readContract({ address: ledger, abi, functionName, args });
const input = (functionName: string, args: readonly unknown[]): Uint8Array => toBytes(encodeFunctionData({ abi, functionName, args }));
const wallet = { pubkey: payer.publicKey, isSigner: true, isWritable: true };

const direct = (data: Uint8Array): TransactionInstruction =>
  new TransactionInstruction({ programId: tagged(ledger), keys: [wallet], data: Buffer.from(data) });

const through = (call: Partial<Parameters<typeof encodeGatewayCall>[0]>): TransactionInstruction =>
  new TransactionInstruction({
    programId: callGateway,
    keys: [{ pubkey: tagged(ledger), isSigner: false, isWritable: false }, wallet],
    data: Buffer.from(
      encodeGatewayCall({ isTry: false, isStatic: false, gasLimit: undefined, value: 0n, input: new Uint8Array(0), ...call }),
    ),
  });

/** Pays the base fee for every unit: 1,000 wei are a micro-lamport. */
async function priced(...instructions: readonly TransactionInstruction[]): Promise<readonly TransactionInstruction[]> {
  const { baseFeePerGas } = await reader().getBlock();
  return [ComputeBudgetProgram.setComputeUnitPrice({ microLamports: (baseFeePerGas! * 5n) / 4n / 1000n + 1n }), ...instructions];
}

async function send(instructions: readonly TransactionInstruction[], options = {}): Promise<string> {
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(...instructions);
  transaction.sign(payer);
  return connection.sendRawTransaction(transaction.serialize(), options);
}

beforeAll(async () => {
  node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, faucetSeed: devFaucetSeed, logLevel: "silent" });
  connection = new Connection(node.solana!.http, "confirmed");
  const source = readFileSync(new URL("./test/Ledger.sol", import.meta.url), "utf8");
  const compiled = await compileSolidity("Ledger.sol", source, "Ledger");
  abi = compiled.abi as Abi;
  const account = privateKeyToAccount(devAccountSecret(accounts[0]!) as Hex);
  const deployer = createWalletClient({ chain: foundry, transport: http(node.http), pollingInterval: 20, account });
  const hash = await deployer.deployContract({ abi, bytecode: compiled.bytecode });
  ledger = (await reader().waitForTransactionReceipt({ hash })).contractAddress!;
});
afterAll(() => node.close());

it("calls by the contract's pubkey: msg.sender and tx.origin are the wallet's address, the gas price is at least the base fee (rule 17)", async () => {
  const signature = await send(await priced(direct(input("deposit", [0n]))));
  const transaction = await connection.getTransaction(signature, { commitment: "confirmed", maxSupportedTransactionVersion: 0 });
  expect(transaction?.meta?.err).toBeNull();
  expect(transaction?.meta?.logMessages?.[3]).toBe(`Program ${tagged(ledger).toBase58()} success`);
  expect(((await read("lastOrigin")) as string).toLowerCase()).toBe(sender);
  expect(await read("lastGasPrice")).toBeGreaterThanOrEqual((await reader().getBlock()).baseFeePerGas!);
  const [event] = await reader().getContractEvents({ address: ledger, abi, eventName: "Deposited", fromBlock: 0n });
  expect((event as unknown as { args: { from: string } }).args.from.toLowerCase()).toBe(sender);
});

it("sends value through the call gateway, and a contract pays back: wei and lamports are one balance", async () => {
  const value = 3n * oneLamport * 1_000_000_000n + 7n;
  const before = await reader().getBalance({ address: sender as Address });
  const signature = await send(await priced(through({ value, input: input("deposit", [1n]) })));
  const meta = (await connection.getTransaction(signature, { commitment: "confirmed", maxSupportedTransactionVersion: 0 }))!.meta!;
  expect(meta.err).toBeNull();
  expect(await read("deposits", [sender])).toBe(value);
  expect(await reader().getBalance({ address: sender as Address })).toBe(before - value - BigInt(meta.fee) * oneLamport);
  await send(await priced(direct(input("withdraw", [value - 7n]))));
  expect(await reader().getBalance({ address: ledger })).toBe(7n);
});

it("undoes the whole transaction when the contract reverts, and says why", async () => {
  const before = await read("deposits", [sender]);
  const failing = await priced(through({ value: 5n, input: input("deposit", [1n]) }), direct(input("withdraw", [parseEther("900")])));
  await expect(send(failing)).rejects.toThrow(/custom program error: 0x7e000001/);
  const error = await send(failing).catch((thrown: unknown) => thrown);
  expect((error as SendTransactionError).logs?.join("\n")).toContain("reverted: not that much here");
  const signature = await send(failing, { skipPreflight: true });
  const meta = (await connection.getTransaction(signature, { commitment: "confirmed", maxSupportedTransactionVersion: 0 }))!.meta!;
  expect(meta.err).toEqual({ InstructionError: [2, { Custom: 0x7e00_0001 }] });
  expect(await read("deposits", [sender])).toBe(before);
});

it("asks the base fee for every unit of a message that names a contract, and burns it (rule 14)", async () => {
  const price = /expected a compute unit price of at least \d+ micro-lamports/;
  await expect(send([direct(input("deposit", [0n]))])).rejects.toThrow(price);
  const error = await send([direct(input("deposit", [0n]))]).catch((thrown: unknown) => thrown);
  // Where kit looks, too.
  expect((error as SendTransactionError).logs).toEqual([expect.stringMatching(price)]);
});

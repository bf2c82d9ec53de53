/** What a transaction needs and touches is found for it, whichever VMs it reaches: docs/spec/logs-and-receipts.md, 25 to 28. */
import { Keypair, PublicKey, SystemProgram, Transaction, TransactionInstruction, ComputeBudgetProgram } from "@solana/web3.js";
import { bytesToHex, toAddress, type Pubkey } from "@trireme/core";
import {
  createPublicClient,
  createWalletClient,
  encodeAbiParameters,
  encodeFunctionData,
  erc20Abi,
  keccak256,
  parseAbi,
  parseEther,
  parseEventLogs,
  toHex,
  type Abi,
  type AccessList,
  type Hex,
  type TransactionReceipt,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRpcSession } from "../json-rpc/rpc-session.ts";
import { createViemTransport } from "../provider/viem-transport.ts";
import { hexAddresses, privateKeys } from "./test-node.mts";
import {
  compileSpeaker,
  contractInstruction,
  parrot,
  parrotInstruction,
  payer,
  startTwoDialects,
  tagged,
  type TwoDialects,
} from "./two-dialects-node.mts";

const account = privateKeyToAccount(privateKeys[0] as Hex);
const parrotKey = bytesToHex(parrot.toBytes());
const tokenProgram = new PublicKey("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
const associatedProgram = new PublicKey("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
const gateway: Hex = "0x73766d0000000000000000000000000000000000";
const gatewayAbi = parseAbi([
  "struct AccountMeta { bytes32 pubkey; bool isSigner; bool isWritable; }",
  "function invoke(bytes32 program, AccountMeta[] accounts, bytes data) returns (bytes)",
]);
const mint = Keypair.fromSeed(new Uint8Array(32).fill(44));
const addressOf = (key: PublicKey): Hex => bytesToHex(toAddress(key.toBytes() as Pubkey));

let node: TwoDialects;
let speaker: Hex;
let abi: Abi;

const viem = () => {
  const common = { chain: foundry, transport: createViemTransport(node.ethereum), pollingInterval: 5 };
  return { reader: createPublicClient(common), wallet: createWalletClient({ ...common, account }) };
};
const callData = (functionName: string, args: readonly unknown[]): Hex => encodeFunctionData({ abi, functionName, args });
const associated = (owner: PublicKey): PublicKey =>
  PublicKey.findProgramAddressSync([owner.toBytes(), tokenProgram.toBytes(), mint.publicKey.toBytes()], associatedProgram)[0];

async function send(data: Hex, more: { readonly gas: bigint; readonly accessList?: AccessList }): Promise<TransactionReceipt> {
  const { reader, wallet } = viem();
  return reader.waitForTransactionReceipt({ hash: await wallet.sendTransaction({ to: speaker, data, ...more }) });
}

function signed(instructions: readonly TransactionInstruction[], signers: readonly Keypair[] = []): string {
  const { hash } = node.chain.head;
  const transaction = new Transaction({ feePayer: payer.publicKey, recentBlockhash: new PublicKey(hash).toBase58() }).add(...instructions);
  transaction.sign(payer, ...signers);
  return transaction.serialize().toString("base64");
}

/** What a message that names a contract asks for, be it as the owner of tokens: the base fee (rule 14), here at most 2 gwei. */
const priced = [
  ComputeBudgetProgram.setComputeUnitLimit({ units: 300_000 }),
  ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 2_000_000 }),
];

async function sendSolana(instructions: readonly TransactionInstruction[], signers: readonly Keypair[] = []): Promise<void> {
  await node.solana.request("sendTransaction", [signed([...priced, ...instructions], signers), { encoding: "base64" }]);
}

const writable = (pubkey: PublicKey, isSigner = false) => ({ pubkey, isSigner, isWritable: true });
const readonly = (pubkey: PublicKey) => ({ pubkey, isSigner: false, isWritable: false });

function openAccount(owner: PublicKey): TransactionInstruction {
  const keys = [writable(payer.publicKey, true), writable(associated(owner)), readonly(owner), readonly(mint.publicKey)];
  return new TransactionInstruction({
    programId: associatedProgram,
    keys: [...keys, readonly(SystemProgram.programId), readonly(tokenProgram)],
    data: Buffer.from([1]),
  });
}

beforeAll(async () => {
  node = await startTwoDialects();
  const compiled = await compileSpeaker();
  abi = compiled.abi;
  const { reader, wallet } = viem();
  const deployment = await reader.waitForTransactionReceipt({ hash: await wallet.deployContract({ abi, bytecode: compiled.bytecode }) });
  speaker = deployment.contractAddress as Hex;
  const rent = Number(await node.solana.request("getMinimumBalanceForRentExemption", [82]));
  const initialize = Buffer.concat([Buffer.from([20, 6]), payer.publicKey.toBytes(), Buffer.from([0])]);
  const common = { fromPubkey: payer.publicKey, newAccountPubkey: mint.publicKey, space: 82, programId: tokenProgram };
  const holder = tagged(speaker);
  const amount = Buffer.from([7, ...Buffer.from(new BigUint64Array([1_000_000n]).buffer)]);
  await sendSolana(
    [
      SystemProgram.createAccount({ ...common, lamports: rent }),
      new TransactionInstruction({ programId: tokenProgram, keys: [writable(mint.publicKey)], data: initialize }),
    ],
    [mint],
  );
  const minting = [writable(mint.publicKey), writable(associated(holder)), { ...writable(payer.publicKey, true), isWritable: false }];
  await sendSolana([openAccount(holder), openAccount(payer.publicKey)]);
  await sendSolana([new TransactionInstruction({ programId: tokenProgram, keys: minting, data: amount })]);
});
afterAll(() => node.close());

/** Tokens of the contract to the payer. */
const payment = (amount: bigint): Hex =>
  callData("pay", [bytesToHex(associated(tagged(speaker)).toBytes()), bytesToHex(associated(payer.publicKey).toBytes()), amount]);

function heard(receipt: TransactionReceipt): boolean | undefined {
  const [event] = parseEventLogs({ abi, logs: receipt.logs, eventName: "Heard" }) as unknown as readonly { args: { succeeded: boolean } }[];
  return event?.args.succeeded;
}

describe("eth_estimateGas", () => {
  it("gives the least gas with which a transaction through programs succeeds, without a list of accounts", async () => {
    const { reader } = viem();
    for (const data of [callData("relay", [parrotKey, "0x0102", 1n]), payment(5n)]) {
      const gas = await reader.estimateGas({ account, to: speaker, data });
      expect((await send(data, { gas })).status).toBe("success");
      const again = await reader.estimateGas({ account, to: speaker, data });
      expect((await send(data, { gas: again - 1n })).status).toBe("reverted");
    }
  });

  it.each([0, 1, 5])("is enough for what a contract tries through %i calls, each of which keeps a 64th back", async (depth) => {
    const { reader } = viem();
    const data = callData("tryDeep", [BigInt(depth), parrotKey, toHex(new Uint8Array(40).fill(1))]);
    const gas = await reader.estimateGas({ account, to: speaker, data });
    const receipt = await send(data, { gas });
    expect([receipt.status, heard(receipt)]).toEqual(["success", true]);
    // With less the transaction may still succeed: the program is then what fails, and is caught.
    const short = await send(data, { gas: gas - 1n });
    expect([short.status, heard(short)]).not.toEqual(["success", true]);
  });

  it("does not ask for more where the program refuses whatever it is given", async () => {
    const { reader } = viem();
    const data = callData("tryRelay", [parrotKey, "0xff"]);
    const gas = await reader.estimateGas({ account, to: speaker, data });
    const receipt = await send(data, { gas });
    expect([receipt.status, heard(receipt)]).toEqual(["success", false]);
    expect(gas < 100_000n).toBe(true);
  });
});

describe("eth_createAccessList", () => {
  it("names SVM accounts, which are then warm", async () => {
    const { reader } = viem();
    const data = payment(7n);
    const { accessList, gasUsed } = await reader.createAccessList({ account, to: speaker, data });
    const accounts = [associated(tagged(speaker)), associated(payer.publicKey), tokenProgram].map(addressOf);
    expect(accessList.filter(({ storageKeys }) => storageKeys.length > 0)).toEqual([]);
    for (const each of accounts) expect(accessList.map(({ address }) => address)).toContain(each);
    const without = await send(data, { gas: 500_000n });
    const listed = await send(data, { gas: 500_000n, accessList });
    expect([without.status, listed.status]).toEqual(["success", "success"]);
    expect(listed.gasUsed).toBe(gasUsed);
    // A cold account costs 2,500 more than a warm one, its entry 2,400.
    expect(without.gasUsed - listed.gasUsed).toBe(100n * BigInt(accessList.length));
  });

  it("names what the ERC-20 face of a mint touches", async () => {
    const [to, face] = [hexAddresses[1] as Hex, addressOf(mint.publicKey)];
    await sendSolana([openAccount(tagged(to))]);
    await node.ethereum.request("hardhat_impersonateAccount", [speaker]);
    await node.ethereum.request("hardhat_setBalance", [speaker, toHex(parseEther("1"))]);
    const data = encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [to, 3n] });
    const request = { from: speaker, to: face, data, gas: toHex(500_000) };
    const { reader } = viem();
    const { accessList, gasUsed } = await reader.createAccessList({ account: speaker, to: face, data });
    for (const owner of [speaker, to]) expect(accessList.map(({ address }) => address)).toContain(addressOf(associated(tagged(owner))));
    const receipts: TransactionReceipt[] = [];
    for (const list of [[], accessList]) {
      const hash = (await node.ethereum.request("eth_sendTransaction", [{ ...request, accessList: list }])) as Hex;
      receipts.push(await reader.waitForTransactionReceipt({ hash }));
    }
    expect(receipts.map(({ status, logs }) => [status, logs.length])).toEqual([
      ["success", 1],
      ["success", 1],
    ]);
    expect(receipts[1]?.gasUsed).toBe(gasUsed);
    const slots = accessList.flatMap(({ storageKeys }) => storageKeys).length;
    expect((receipts[0]?.gasUsed ?? 0n) - (receipts[1]?.gasUsed ?? 0n)).toBe(100n * BigInt(accessList.length + slots));
  });

  it("names slots of contracts beside the programs that they call", async () => {
    const { reader } = viem();
    const data = callData("relay", [parrotKey, "0x01", 77n]);
    const { accessList } = await reader.createAccessList({ account, to: speaker, data });
    const slots = [77n, 78n].map(slotOf);
    expect(accessList.find(({ address }) => address === speaker)?.storageKeys.toSorted()).toEqual(slots.toSorted());
    expect(accessList.map(({ address }) => address)).toContain(addressOf(parrot));
    expect((await send(data, { gas: 500_000n, accessList })).status).toBe("success");
  });
});

/** Where `counts[number]` stands. */
function slotOf(number: bigint): Hex {
  return keccak256(encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [number, 0n]));
}

describe("simulateTransaction", () => {
  const simulate = async (...instructions: readonly TransactionInstruction[]) => {
    const answer = await node.solana.request("simulateTransaction", [signed(instructions), { encoding: "base64" }]);
    return (answer as { readonly value: Readonly<Record<string, unknown>> }).value;
  };

  it("gives the accounts and slots of other VMs that a Solana transaction touches", async () => {
    const relayed = contractInstruction(speaker, callData("relay", [parrotKey, "0x09", 90n]));
    const value = await simulate(...priced, relayed);
    expect(value).toMatchObject({ err: null, loadedAddresses: { writable: [], readonly: [] } });
    const accessList = value["accessList"] as AccessList;
    expect(accessList.map(({ address }) => address)).toContain(addressOf(parrot));
    expect(accessList.find(({ address }) => address === speaker)?.storageKeys.toSorted()).toEqual([90n, 91n].map(slotOf).toSorted());
    const lines = value["logs"] as readonly string[];
    expect(lines.filter((line) => line.startsWith("EVM log: "))).toHaveLength(2);
  });

  it("gives none for one that stays in the SVM", async () => {
    expect(await simulate(parrotInstruction(Uint8Array.of(1)))).toMatchObject({ err: null, accessList: [] });
    expect(await simulate(parrotInstruction(Uint8Array.of(0xff)))).toMatchObject({ err: { InstructionError: [0, { Custom: 1 }] } });
  });
});

describe("who watches accounts", () => {
  it("is told of what an Ethereum transaction wrote, through the gateway and by a plain transfer", async () => {
    const seen: [string, unknown][] = [];
    const session = createRpcSession((method, params) => seen.push([method, params]));
    const open = (method: string, key: PublicKey): Promise<unknown> =>
      node.solana.request(method, [key.toBase58(), { encoding: "base64" }], session);
    const stranger = Keypair.generate().publicKey;
    const token = associated(payer.publicKey);
    const ids = [
      await open("programSubscribe", tokenProgram),
      await open("accountSubscribe", token),
      await open("accountSubscribe", stranger),
    ];
    expect((await send(payment(11n), { gas: 500_000n })).status).toBe("success");
    const { reader, wallet } = viem();
    const transfer = await wallet.sendTransaction({ to: addressOf(stranger), value: parseEther("2") });
    await reader.waitForTransactionReceipt({ hash: transfer });
    // An answer comes after what was to be told before it.
    await node.solana.request("getSlot", [], session);
    await new Promise((resume) => setTimeout(resume, 0));
    const told = seen.map(([method, params]) => {
      const { subscription, result } = params as { readonly subscription: unknown; readonly result: { readonly value: unknown } };
      return { method, subscription, value: result.value as { readonly pubkey?: string; readonly lamports?: bigint } };
    });
    const ofProgram = told.filter(({ subscription }) => subscription === ids[0]).map(({ value }) => value.pubkey);
    expect(ofProgram.toSorted()).toEqual([token, associated(tagged(speaker))].map((key) => key.toBase58()).toSorted());
    expect(told.filter(({ subscription }) => subscription === ids[1])).toHaveLength(1);
    expect(told.filter(({ subscription }) => subscription === ids[2]).map(({ value }) => value.lamports)).toEqual([2_000_000_000n]);
    session.close();
  });

  it("is told of what a Solana transaction names writable, changed or not, and of nothing that did not change otherwise", async () => {
    const seen: string[] = [];
    const session = createRpcSession((_, params) => {
      seen.push((params as { readonly result: { readonly value: { readonly pubkey: string } } }).result.value.pubkey);
    });
    await node.solana.request("programSubscribe", [SystemProgram.programId.toBase58(), { encoding: "base64" }], session);
    const [same, coinbase] = [tagged(account.address), tagged(`0x${"0".repeat(40)}`)];
    await sendSolana([SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: same, lamports: 0 })]);
    while (seen.length < 3) await new Promise((resume) => setTimeout(resume, 1));
    expect(seen.toSorted()).toEqual([payer.publicKey, same, coinbase].map((key) => key.toBase58()).toSorted());
    session.close();
  });

  it("finds the transaction under an account that it closed", async () => {
    const token = associated(tagged(account.address));
    await sendSolana([openAccount(tagged(account.address))]);
    const meta = (key: PublicKey, isSigner: boolean) => ({ pubkey: bytesToHex(key.toBytes()), isSigner, isWritable: !isSigner });
    const metas = [meta(token, false), meta(payer.publicKey, false), meta(tagged(account.address), true)];
    const { reader, wallet } = viem();
    const args = [bytesToHex(tokenProgram.toBytes()), metas, "0x09"] as const;
    const hash = await wallet.writeContract({ address: gateway, abi: gatewayAbi, functionName: "invoke", args });
    expect((await reader.waitForTransactionReceipt({ hash })).status).toBe("success");
    expect(await node.solana.request("getAccountInfo", [token.toBase58()])).toMatchObject({ value: null });
    const listed = (await node.solana.request("getSignaturesForAddress", [token.toBase58()])) as readonly { readonly signature: string }[];
    expect(listed[0]?.signature).toBe(((await node.ethereum.request("trireme_getTransactionIds", [hash])) as { solana: string }).solana);
    expect(listed).toHaveLength(2);
  });
});

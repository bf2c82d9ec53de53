/** Solidity contracts and Ethereum wallets that use SPL tokens: through the gateway, over real ports, with viem and web3.js. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  ComputeBudgetProgram,
  Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  PublicKey,
  SystemProgram,
  Transaction,
  TransactionInstruction,
} from "@solana/web3.js";
import { fileURLToPath } from "node:url";
import { buildContract } from "@trireme/contract-as";
import { bytesToHex, pubkeyFromBytes, toAddress } from "@trireme/core";
import { compileSolidity } from "@trireme/testing";
import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  erc20Abi,
  getAddress,
  http,
  parseAbi,
  parseEther,
  toHex,
  type Abi,
  type Address,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveDevAccounts, devAccountSecret } from "./dev-accounts.ts";
import { defineDevChain, devFaucetSeed } from "./dev-chain.ts";
import { startNode, type RunningNode } from "./start-node.ts";

const accounts = deriveDevAccounts(undefined, 2);
const tokenProgram = new PublicKey("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
const associatedProgram = new PublicKey("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
const gateway: Address = "0x73766D0000000000000000000000000000000000";
const gatewayAbi = parseAbi([
  "struct AccountMeta { bytes32 pubkey; bool isSigner; bool isWritable; }",
  "error SvmError(bytes32 program, uint32 code, string reason)",
  "error GatewayError(string reason)",
  "function invoke(bytes32 program, AccountMeta[] accounts, bytes data) returns (bytes)",
  "function pubkeyOf(address) view returns (bytes32)",
  "function findProgramAddress(bytes[] seeds, bytes32 program) view returns (bytes32, uint8)",
]);
const arbWasm: Address = "0x0000000000000000000000000000000000000071";
const arbWasmAbi = parseAbi(["function activateProgram(address program) payable returns (uint16 version, uint256 dataFee)"]);
const account = privateKeyToAccount(devAccountSecret(accounts[0]!) as Hex);
const payer = Keypair.fromSeed(accounts.find(({ kind }) => kind === "solana")!.privateKey);
const mint = Keypair.generate();

let node: RunningNode;
let connection: Connection;
let treasury: Address;
let abi: Abi;

const hex = (key: PublicKey): Hex => toHex(key.toBytes());
const tagged = (address: Address): PublicKey =>
  new PublicKey(Buffer.concat([Buffer.from("trireme:addr"), Buffer.from(address.slice(2), "hex")]));
const associated = (owner: PublicKey): PublicKey =>
  PublicKey.findProgramAddressSync([owner.toBytes(), tokenProgram.toBytes(), mint.publicKey.toBytes()], associatedProgram)[0];
const clients = () => {
  const transport = http(node.http);
  const common = { chain: foundry, transport, pollingInterval: 20 };
  return { reader: createPublicClient(common), wallet: createWalletClient({ ...common, account }) };
};

/** Calls the treasury; gives the hash. */
function write(functionName: string, args: readonly unknown[], gas?: bigint): Promise<Hex> {
  return clients().wallet.writeContract({ address: treasury, abi, functionName, args, ...(gas === undefined ? {} : { gas }) });
}

function read(functionName: string, args: readonly unknown[]): Promise<unknown> {
  return clients().reader.readContract({ address: treasury, abi, functionName, args });
}

async function sendSolana(instructions: readonly TransactionInstruction[], signers: readonly Keypair[]): Promise<void> {
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(...instructions);
  transaction.sign(payer, ...signers);
  await connection.sendRawTransaction(transaction.serialize());
}

async function tokensOf(owner: PublicKey): Promise<string> {
  return (await connection.getTokenAccountBalance(associated(owner))).value.amount;
}

function createAssociated(owner: PublicKey): TransactionInstruction {
  const keys = [
    { pubkey: payer.publicKey, isSigner: true, isWritable: true },
    { pubkey: associated(owner), isSigner: false, isWritable: true },
    { pubkey: owner, isSigner: false, isWritable: false },
    { pubkey: mint.publicKey, isSigner: false, isWritable: false },
    { pubkey: SystemProgram.programId, isSigner: false, isWritable: false },
    { pubkey: tokenProgram, isSigner: false, isWritable: false },
  ];
  return new TransactionInstruction({ programId: associatedProgram, keys, data: Buffer.from([1]) });
}

function mintTo(owner: PublicKey, amount: number): TransactionInstruction {
  const data = Buffer.alloc(9);
  data[0] = 7;
  data.writeBigUInt64LE(BigInt(amount), 1);
  const keys = [
    { pubkey: mint.publicKey, isSigner: false, isWritable: true },
    { pubkey: associated(owner), isSigner: false, isWritable: true },
    { pubkey: payer.publicKey, isSigner: true, isWritable: false },
  ];
  return new TransactionInstruction({ programId: tokenProgram, keys, data });
}

beforeAll(async () => {
  node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, faucetSeed: devFaucetSeed, logLevel: "silent" });
  connection = new Connection(node.solana!.http, "confirmed");
  const library = readFileSync(createRequire(import.meta.url).resolve("@trireme/svm/Svm.sol"), "utf8");
  const source = readFileSync(new URL("./test/Treasury.sol", import.meta.url), "utf8");
  const compiled = await compileSolidity("Treasury.sol", source, "Treasury", { "@trireme/svm/Svm.sol": library });
  abi = compiled.abi as Abi;
  const { reader, wallet } = clients();
  const deployment = await reader.waitForTransactionReceipt({ hash: await wallet.deployContract({ abi, bytecode: compiled.bytecode }) });
  treasury = deployment.contractAddress!;
  await reader.waitForTransactionReceipt({ hash: await wallet.sendTransaction({ to: treasury, value: parseEther("5") }) });

  const initialize = Buffer.concat([Buffer.from([20, 6]), payer.publicKey.toBytes(), Buffer.from([0])]);
  await sendSolana(
    [
      SystemProgram.createAccount({
        fromPubkey: payer.publicKey,
        newAccountPubkey: mint.publicKey,
        lamports: await connection.getMinimumBalanceForRentExemption(82),
        space: 82,
        programId: tokenProgram,
      }),
      new TransactionInstruction({
        programId: tokenProgram,
        keys: [{ pubkey: mint.publicKey, isSigner: false, isWritable: true }],
        data: initialize,
      }),
    ],
    [mint],
  );
  await sendSolana([createAssociated(payer.publicKey)], []);
});
afterAll(() => node.close());

describe("the gateway to the SVM", () => {
  it("lets a Solidity contract open a token account, hold tokens and pay them out", async () => {
    const { reader } = clients();
    await reader.waitForTransactionReceipt({ hash: await write("open", [hex(mint.publicKey)]) });
    await sendSolana([mintTo(tagged(treasury), 1_000)], []);
    expect(await read("tokens", [hex(mint.publicKey)])).toBe(1_000n);
    const hash = await write("pay", [hex(mint.publicKey), hex(associated(payer.publicKey)), 300n]);
    const receipt = await reader.waitForTransactionReceipt({ hash });
    expect(receipt.status).toBe("success");
    const [paid] = await reader.getContractEvents({ address: treasury, abi, eventName: "Paid", fromBlock: receipt.blockNumber });
    expect(paid).toMatchObject({ args: { amount: 300n, left: 700n } });
    expect(await tokensOf(payer.publicKey)).toBe("300");
    expect(await tokensOf(tagged(treasury))).toBe("700");
  });

  it("undoes the token transfer with the contract's own revert, and tells the contract the program's error", async () => {
    const { reader } = clients();
    const to = hex(associated(payer.publicKey));
    await expect(
      reader.simulateContract({ address: treasury, abi, functionName: "payAndFail", args: [hex(mint.publicKey), to, 1n] }),
    ).rejects.toThrow("changed my mind");
    const failing = await write("payAndFail", [hex(mint.publicKey), to, 1n], 1_000_000n);
    expect((await reader.waitForTransactionReceipt({ hash: failing })).status).toBe("reverted");
    expect(await tokensOf(payer.publicKey)).toBe("300");

    const refused = await write("tryPay", [hex(mint.publicKey), to, 5_000n]);
    const receipt = await reader.waitForTransactionReceipt({ hash: refused });
    const events = await reader.getContractEvents({ address: treasury, abi, eventName: "Refused", fromBlock: receipt.blockNumber });
    // SPL Token's error 1: insufficient funds.
    expect(events[0]).toMatchObject({ args: { program: hex(tokenProgram), code: 1 } });
    expect(await read("payments", [])).toBe(1n);
  });

  it("signs for nobody but the caller", async () => {
    const { reader } = clients();
    const own = [hex(associated(payer.publicKey)), hex(associated(tagged(treasury))), hex(payer.publicKey), 1n];
    await expect(reader.simulateContract({ address: treasury, abi, functionName: "steal", args: own })).rejects.toThrow(/reverted/);
    const call = reader.simulateContract({
      address: gateway,
      abi: gatewayAbi,
      functionName: "invoke",
      args: [hex(tokenProgram), [{ pubkey: hex(payer.publicKey), isSigner: true, isWritable: true }], "0x"],
      account,
    });
    await expect(call).rejects.toThrow("expected no signer but the caller's own pubkey");
  });

  it("lets an Ethereum wallet own SPL tokens and move them with a plain transaction", async () => {
    const { reader, wallet } = clients();
    const owner = tagged(account.address);
    await sendSolana([createAssociated(owner), mintTo(owner, 50)], []);
    const data = Buffer.alloc(9);
    data[0] = 3;
    data.writeBigUInt64LE(20n, 1);
    const { request } = await reader.simulateContract({
      address: gateway,
      abi: gatewayAbi,
      functionName: "invoke",
      args: [
        hex(tokenProgram),
        [
          { pubkey: hex(associated(owner)), isSigner: false, isWritable: true },
          { pubkey: hex(associated(payer.publicKey)), isSigner: false, isWritable: true },
          { pubkey: hex(owner), isSigner: true, isWritable: false },
        ],
        toHex(data),
      ],
      account,
    });
    const receipt = await reader.waitForTransactionReceipt({ hash: await wallet.writeContract(request) });
    expect(receipt.status).toBe("success");
    expect(await tokensOf(owner)).toBe("30");
    expect(await tokensOf(payer.publicKey)).toBe("320");
    expect(await reader.readContract({ address: gateway, abi: gatewayAbi, functionName: "pubkeyOf", args: [account.address] })).toBe(
      hex(owner),
    );
  });

  it("moves lamports of a contract: wei and lamports are one balance", async () => {
    const { reader } = clients();
    const to = Keypair.generate().publicKey;
    await reader.waitForTransactionReceipt({ hash: await write("sendLamports", [hex(to), BigInt(2 * LAMPORTS_PER_SOL)]) });
    expect(await connection.getBalance(to)).toBe(2 * LAMPORTS_PER_SOL);
    expect(await reader.getBalance({ address: treasury })).toBeLessThanOrEqual(parseEther("3"));
  });
});

describe("the gateway to the SVM, from a WASM contract", () => {
  let program: Address;
  let programAbi: Abi;

  beforeAll(async () => {
    const entryPath = fileURLToPath(new URL("../../contract-as/assembly/examples/treasury.ts", import.meta.url));
    const build = await buildContract({ entryPath });
    programAbi = build.abi as unknown as Abi;
    const { reader, wallet } = clients();
    const receiptOf = (hash: Hex) => reader.waitForTransactionReceipt({ hash });
    const deployment = await receiptOf(await wallet.sendTransaction({ data: bytesToHex(build.initCode), gas: 10_000_000n }));
    program = deployment.contractAddress!;
    const activation = {
      address: arbWasm,
      abi: arbWasmAbi,
      functionName: "activateProgram",
      args: [program],
      value: parseEther("1"),
    } as const;
    const { status } = await receiptOf(await wallet.writeContract({ ...activation, gas: 10_000_000n }));
    if (status !== "success") throw new Error("the activation failed");
    await receiptOf(await wallet.sendTransaction({ to: program, value: parseEther("1") }));
  });

  const send = async (functionName: string, args: readonly unknown[]) => {
    const { reader, wallet } = clients();
    const hash = await wallet.writeContract({ address: program, abi: programAbi, functionName, args });
    const { status, blockNumber } = await reader.waitForTransactionReceipt({ hash });
    expect(status).toBe("success");
    return reader.getContractEvents({ address: program, abi: programAbi, fromBlock: blockNumber, toBlock: blockNumber });
  };

  it("opens a token account, pays, and goes on after the program's refusal", async () => {
    const { reader } = clients();
    await send("open", [hex(mint.publicKey)]);
    await sendSolana([mintTo(tagged(program), 90)], []);
    const to = hex(associated(payer.publicKey));
    const before = BigInt(await tokensOf(payer.publicKey));
    expect(await send("pay", [hex(mint.publicKey), to, 40n])).toMatchObject([{ eventName: "Paid", args: { amount: 40n, left: 50n } }]);
    expect(await send("tryPay", [hex(mint.publicKey), to, 51n])).toMatchObject([{ eventName: "Refused", args: { amount: 51n } }]);
    expect(BigInt(await tokensOf(payer.publicKey)) - before).toBe(40n);
    const inProgram = { address: program, abi: programAbi } as const;
    expect(await reader.readContract({ ...inProgram, functionName: "tokens", args: [hex(mint.publicKey)] })).toBe(50n);
    expect(await reader.readContract({ ...inProgram, functionName: "paid" })).toBe(1n);
    const paying = reader.simulateContract({ ...inProgram, functionName: "pay", args: [hex(mint.publicKey), to, 51n] });
    // SvmError(bytes32,uint32,string)
    await expect(paying).rejects.toThrow(/0x363072f5/);
  });

  it("takes and pays tokens as any ERC-20, by the face of their mint (rule 20)", async () => {
    const { reader, wallet } = clients();
    const face = getAddress(bytesToHex(toAddress(pubkeyFromBytes(mint.publicKey.toBytes()))));
    const balanceOf = (owner: Address) => reader.readContract({ address: face, abi: erc20Abi, functionName: "balanceOf", args: [owner] });
    const before = await Promise.all([account.address, program].map(balanceOf));
    const hash = await wallet.writeContract({ address: face, abi: erc20Abi, functionName: "approve", args: [program, 12n] });
    await reader.waitForTransactionReceipt({ hash });
    await send("pull", [hex(mint.publicKey), 12n]);
    await send("refund", [hex(mint.publicKey), account.address, 5n]);
    expect(await send("refund", [hex(mint.publicKey), account.address, 5_000n])).toMatchObject([{ eventName: "Refused" }]);
    expect(await Promise.all([account.address, program].map(balanceOf))).toEqual([before[0]! - 7n, before[1]! + 7n]);
    expect(BigInt(await tokensOf(tagged(program)))).toBe(before[1]! + 7n);
    const friend = getAddress(toHex(Keypair.generate().publicKey.toBytes().slice(12)));
    await send("lend", [hex(mint.publicKey), friend, 3n]);
    const inProgram = { address: program, abi: programAbi, account } as const;
    expect(await reader.readContract({ ...inProgram, functionName: "lent", args: [hex(mint.publicKey), friend] })).toBe(3n);
    expect(await tokensOf(tagged(friend))).toBe("0");
    const pulling = reader.simulateContract({ ...inProgram, functionName: "pull", args: [hex(mint.publicKey), 1n] });
    // ERC20InsufficientAllowance(address,uint256,uint256)
    await expect(pulling).rejects.toThrow(/0xfb8f41b2/);
  });

  it("does so in a Solana transaction, too: a wallet of Solana calls the contract, which calls the face", async () => {
    const before = await Promise.all([program, account.address].map(async (owner) => BigInt(await tokensOf(tagged(owner)))));
    const data = encodeFunctionData({ abi: programAbi, functionName: "refund", args: [hex(mint.publicKey), account.address, 2n] });
    const keys = [{ pubkey: payer.publicKey, isSigner: true, isWritable: true }];
    await sendSolana(
      [
        ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 3_000_000 }),
        ComputeBudgetProgram.setComputeUnitLimit({ units: 500_000 }),
        new TransactionInstruction({ programId: tagged(program), keys, data: Buffer.from(data.slice(2), "hex") }),
      ],
      [],
    );
    const after = await Promise.all([program, account.address].map(async (owner) => BigInt(await tokensOf(tagged(owner)))));
    expect(after).toEqual([before[0]! - 2n, before[1]! + 2n]);
    const face = getAddress(bytesToHex(toAddress(pubkeyFromBytes(mint.publicKey.toBytes()))));
    const [event] = await clients().reader.getContractEvents({ address: face, abi: erc20Abi, fromBlock: "latest" });
    expect(event).toMatchObject({ eventName: "Transfer", args: { from: getAddress(program), to: account.address, value: 2n } });
  });
});

/** One token, two faces (rule 20): an SPL mint made with @solana/kit is an ERC-20 for viem and Solidity, over real ports. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  address as solanaAddress,
  appendTransactionMessageInstructions,
  createKeyPairSignerFromPrivateKeyBytes,
  createSolanaRpc,
  createTransactionMessage,
  generateKeyPairSigner,
  getAddressEncoder,
  getBase64EncodedWireTransaction,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type Address as SolanaAddress,
  type Instruction,
  type KeyPairSigner,
} from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getFreezeAccountInstruction,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  getThawAccountInstruction,
  getTransferCheckedInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { addressFromHex, bytesToHex, pubkeyFromBytes, pubkeyToBase58, toAddress, toPubkey } from "@trireme/core";
import { compileSolidityFiles } from "@trireme/testing";
import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  erc20Abi,
  getAddress,
  http,
  maxUint256,
  parseEther,
  parseSignature,
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
const [alice, bob] = accounts
  .filter(({ kind }) => kind === "evm")
  .map((account) => privateKeyToAccount(devAccountSecret(account) as Hex)) as [
  ReturnType<typeof privateKeyToAccount>,
  ReturnType<typeof privateKeyToAccount>,
];
const library = (name: string): string => readFileSync(createRequire(import.meta.url).resolve(`@trireme/svm/${name}`), "utf8");

let node: RunningNode;
let rpc: ReturnType<typeof createSolanaRpc>;
let payer: KeyPairSigner;
let mint: KeyPairSigner;
let face: Address;
let faceAbi: Abi;
let vault: Address;
let vaultAbi: Abi;

const clients = () => {
  const common = { chain: foundry, transport: http(node.http), pollingInterval: 20 };
  return { reader: createPublicClient(common), wallet: createWalletClient(common) };
};
const keyOf = (key: SolanaAddress): Hex => bytesToHex(Uint8Array.from(getAddressEncoder().encode(key)));
const tagged = (owner: Address): SolanaAddress => solanaAddress(pubkeyToBase58(toPubkey(addressFromHex(owner))));
const accountOf = async (owner: SolanaAddress): Promise<SolanaAddress> =>
  (await findAssociatedTokenPda({ owner, mint: mint.address, tokenProgram: TOKEN_PROGRAM_ADDRESS }))[0];
const tokensOf = async (owner: SolanaAddress): Promise<string> =>
  (await rpc.getTokenAccountBalance(await accountOf(owner)).send()).value.amount;

async function sendSolana(...instructions: readonly Instruction[]): Promise<void> {
  const { value: latest } = await rpc.getLatestBlockhash().send();
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (draft) => setTransactionMessageFeePayerSigner(payer, draft),
    (draft) => setTransactionMessageLifetimeUsingBlockhash(latest, draft),
    (draft) => appendTransactionMessageInstructions(instructions, draft),
  );
  const signed = await signTransactionMessageWithSigners(message);
  await rpc.sendTransaction(getBase64EncodedWireTransaction(signed), { encoding: "base64" }).send();
}

const read = (functionName: "balanceOf" | "allowance" | "totalSupply" | "name" | "symbol" | "decimals", ...args: readonly Address[]) =>
  clients().reader.readContract({ address: face, abi: erc20Abi, functionName, args } as never);

/** Calls a contract as a wallet, which must succeed. */
async function write(account: typeof alice, address: Address, abi: Abi, functionName: string, args: readonly unknown[]) {
  const { reader, wallet } = clients();
  const hash = await wallet.writeContract({ address, abi, functionName, args, account });
  const receipt = await reader.waitForTransactionReceipt({ hash });
  expect(receipt.status).toBe("success");
  return receipt;
}

beforeAll(async () => {
  node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, faucetSeed: devFaucetSeed, logLevel: "silent" });
  rpc = createSolanaRpc(node.solana!.http);
  payer = await createKeyPairSignerFromPrivateKeyBytes(accounts.find(({ kind }) => kind === "solana")!.privateKey);
  mint = await generateKeyPairSigner();
  face = getAddress(bytesToHex(toAddress(pubkeyFromBytes(Uint8Array.from(getAddressEncoder().encode(mint.address))))));
  const space = BigInt(getMintSize());
  const lamports = await rpc.getMinimumBalanceForRentExemption(space).send();
  const owner = tagged(alice.address);
  const initialize = { mint: mint.address, decimals: 6, mintAuthority: payer.address, freezeAuthority: payer.address };
  await sendSolana(
    getCreateAccountInstruction({ payer, newAccount: mint, lamports, space, programAddress: TOKEN_PROGRAM_ADDRESS }),
    getInitializeMint2Instruction(initialize),
    await getCreateAssociatedTokenIdempotentInstructionAsync({ payer, owner, mint: mint.address }),
    getMintToInstruction({ mint: mint.address, token: await accountOf(owner), mintAuthority: payer, amount: 1_000_000n }),
  );
  const contracts = await compileSolidityFiles({
    "Vault.sol": readFileSync(new URL("./test/Vault.sol", import.meta.url), "utf8"),
    "@trireme/svm/Svm.sol": library("Svm.sol"),
    "@trireme/svm/IErc20Face.sol": library("IErc20Face.sol"),
  });
  vaultAbi = contracts.get("Vault")!.abi as Abi;
  faceAbi = contracts.get("IErc20Face")!.abi as Abi;
  const { reader, wallet } = clients();
  const hash = await wallet.deployContract({ abi: vaultAbi, bytecode: contracts.get("Vault")!.bytecode, account: alice });
  vault = (await reader.waitForTransactionReceipt({ hash })).contractAddress!;
  const funding = await wallet.sendTransaction({ to: vault, value: parseEther("1"), account: alice });
  await reader.waitForTransactionReceipt({ hash: funding });
});
afterAll(() => node.close());

describe("an SPL mint as an ERC-20", () => {
  it("stands at the mint's address, for any tool that reads tokens", async () => {
    expect(
      await clients().reader.readContract({ address: vault, abi: vaultAbi, functionName: "faceOf", args: [keyOf(mint.address)] }),
    ).toBe(face);
    expect(await Promise.all([read("name"), read("symbol"), read("decimals"), read("totalSupply")])).toEqual([
      `SPL Token ${mint.address}`,
      `SPL-${mint.address.slice(0, 4)}`,
      6,
      1_000_000n,
    ]);
    expect(await Promise.all([read("balanceOf", alice.address), read("balanceOf", bob.address)])).toEqual([1_000_000n, 0n]);
    const views = ["mint", "tokenAccountOf"].map((functionName) =>
      clients().reader.readContract({ address: face, abi: faceAbi, functionName, args: functionName === "mint" ? [] : [alice.address] }),
    );
    expect(await Promise.all(views)).toEqual([keyOf(mint.address), keyOf(await accountOf(tagged(alice.address)))]);
  });

  it("moves the one balance by a plain wallet's transfer, with events that eth_getLogs finds", async () => {
    const { blockNumber, logs } = await write(alice, face, erc20Abi, "transfer", [bob.address, 250n]);
    expect(logs).toMatchObject([{ address: face.toLowerCase() }]);
    const events = await clients().reader.getContractEvents({ address: face, abi: erc20Abi, fromBlock: blockNumber, toBlock: blockNumber });
    expect(events).toMatchObject([{ eventName: "Transfer", args: { from: alice.address, to: bob.address, value: 250n } }]);
    expect([await tokensOf(tagged(alice.address)), await tokensOf(tagged(bob.address))]).toEqual(["999750", "250"]);
  });

  it("shows what Solana's tools move, and pays a Solana wallet", async () => {
    const [own, theirs] = [await accountOf(payer.address), await accountOf(tagged(bob.address))];
    await sendSolana(
      await getCreateAssociatedTokenIdempotentInstructionAsync({ payer, owner: payer.address, mint: mint.address }),
      getMintToInstruction({ mint: mint.address, token: own, mintAuthority: payer, amount: 70n }),
      getTransferCheckedInstruction({ source: own, mint: mint.address, destination: theirs, authority: payer, amount: 30n, decimals: 6 }),
    );
    expect(await Promise.all([read("balanceOf", bob.address), read("totalSupply")])).toEqual([280n, 1_000_070n]);
    await write(bob, face, faceAbi, "transferToKey", [keyOf(payer.address), 80n]);
    expect([await tokensOf(payer.address), await read("balanceOf", bob.address)]).toEqual(["120", 200n]);
  });

  it("lets a Solidity contract that knows ERC-20 only pull and pay tokens", async () => {
    await write(alice, face, erc20Abi, "approve", [vault, 600n]);
    expect(await read("allowance", alice.address, vault)).toBe(600n);
    const { logs } = await write(alice, vault, vaultAbi, "deposit", [face, 500n]);
    expect(logs).toHaveLength(1);
    expect(await Promise.all([read("balanceOf", vault), read("allowance", alice.address, vault)])).toEqual([500n, 100n]);
    expect(await tokensOf(tagged(vault))).toBe("500");
    const { reader } = clients();
    const excess = reader.simulateContract({
      address: vault,
      abi: [...vaultAbi, ...faceAbi],
      functionName: "deposit",
      args: [face, 101n],
      account: alice,
    });
    await expect(excess).rejects.toThrow(/ERC20InsufficientAllowance/);
    const changed = reader.simulateContract({
      address: vault,
      abi: vaultAbi,
      functionName: "withdrawAndFail",
      args: [face, 1n],
      account: alice,
    });
    await expect(changed).rejects.toThrow("changed my mind");
    await write(alice, vault, vaultAbi, "withdraw", [face, bob.address, 450n]);
    expect(await Promise.all([read("balanceOf", vault), read("balanceOf", bob.address)])).toEqual([50n, 650n]);
  });

  it("lends nobody its power, and tells the token program's refusal", async () => {
    const { reader } = clients();
    const data = encodeFunctionData({ abi: erc20Abi, functionName: "transfer", args: [bob.address, 1n] });
    const borrowed = reader.simulateContract({ address: vault, abi: vaultAbi, functionName: "borrow", args: [face, data], account: alice });
    await expect(borrowed).rejects.toThrow(/call it through the SVM gateway/);
    const account = await accountOf(tagged(alice.address));
    await sendSolana(getFreezeAccountInstruction({ account, mint: mint.address, owner: payer }));
    const frozen = reader.simulateContract({
      address: face,
      abi: faceAbi,
      functionName: "transfer",
      args: [bob.address, 1n],
      account: alice,
    });
    await expect(frozen).rejects.toThrow(/SvmError[\s\S]*17/);
    await sendSolana(getThawAccountInstruction({ account, mint: mint.address, owner: payer }));
  });

  it("takes a wallet's signature for an approval (ERC-2612)", async () => {
    const message = { owner: alice.address, spender: bob.address, value: 9n, nonce: 0n, deadline: maxUint256 };
    const signature = await alice.signTypedData({
      domain: { name: `SPL Token ${mint.address}`, version: "1", chainId: await clients().reader.getChainId(), verifyingContract: face },
      types: {
        Permit: [
          { name: "owner", type: "address" },
          { name: "spender", type: "address" },
          { name: "value", type: "uint256" },
          { name: "nonce", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
      },
      primaryType: "Permit",
      message,
    });
    const { v, r, s } = parseSignature(signature);
    await write(bob, face, faceAbi, "permit", [alice.address, bob.address, 9n, maxUint256, Number(v), r, s]);
    await write(bob, face, erc20Abi, "transferFrom", [alice.address, bob.address, 9n]);
    expect(await read("allowance", alice.address, bob.address)).toBe(0n);
  });
});

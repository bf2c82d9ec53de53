/** The story: a contract is compiled, deployed and used through the node's real port, and what happened is printed. */
import { readFileSync } from "node:fs";
import {
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  decodeEventLog,
  defineChain,
  formatEther,
  http,
  parseEther,
  type Abi,
  type Hash,
  type Hex,
} from "viem";
import { compileSolidity } from "@trireme/testing";
import { privateKeyToAccount } from "viem/accounts";
import type { DevAnnouncement } from "./dev-node.ts";
import { payFromSolana } from "./solana-payment.ts";

/** Plays the story and gives the hashes of its transactions, in order. */
export async function playStory(node: DevAnnouncement, print: (line: string) => void): Promise<readonly Hash[]> {
  const chain = defineChain({
    id: node.chainId,
    name: "Trireme",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [node.http] } },
  });
  const [owner, alice, bob] = node.accounts.filter(({ kind }) => kind === "evm").map(({ secret }) => privateKeyToAccount(secret as Hex));
  if (owner === undefined || alice === undefined || bob === undefined) throw new Error("expected three EVM accounts");
  const client = createPublicClient({ chain, transport: http(node.http), pollingInterval: 50 });
  const wallet = createWalletClient({ chain, transport: http(node.http) });
  const hashes: Hash[] = [];
  const settle = async (what: string, hash: Hash) => {
    hashes.push(hash);
    const receipt = await client.waitForTransactionReceipt({ hash });
    print(`  block ${String(receipt.blockNumber).padStart(3)}  ${what.padEnd(44)} ${String(receipt.gasUsed).padStart(7)} gas  ${hash}`);
    return receipt;
  };

  print("1. Compile contracts/Guestbook.sol with solc");
  const source = readFileSync(new URL("../contracts/Guestbook.sol", import.meta.url), "utf8");
  const { abi: compiledAbi, bytecode } = await compileSolidity("Guestbook.sol", source, "Guestbook");
  const abi = compiledAbi as Abi;
  print(`  ${(bytecode.length - 2) / 2} bytes of creation code`);

  print("2. Deploy it");
  const deployed = await settle("deploy Guestbook", await wallet.deployContract({ account: owner, abi, bytecode }));
  const address = deployed.contractAddress;
  if (address === null || address === undefined) throw new Error("the deployment made no contract");
  print(`  at ${address}`);

  print("3. Alice and Bob sign and leave a tip");
  for (const [name, account, message, tip] of [
    ["Alice", alice, "Three banks of oars, one hull.", "1.5"],
    ["Bob", bob, "Row!", "0.25"],
  ] as const) {
    const hash = await wallet.writeContract({ account, address, abi, functionName: "sign", args: [message], value: parseEther(tip) });
    await settle(`${name} signs, tip ${tip} ETH`, hash);
  }

  print("4. Signing twice is refused, with the contract's own error");
  try {
    await client.simulateContract({ account: alice, address, abi, functionName: "sign", args: ["again"] });
    throw new Error("the second signature was not refused");
  } catch (error) {
    const reverted = error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : undefined;
    if (!(reverted instanceof ContractFunctionRevertedError)) throw error;
    print(`  ${reverted.data?.errorName ?? "unknown error"}(${reverted.data?.args?.join(", ") ?? ""})`);
  }

  print("5. The owner collects");
  const before = await client.getBalance({ address: owner.address });
  const collected = await settle("collect", await wallet.writeContract({ account: owner, address, abi, functionName: "collect" }));
  const after = await client.getBalance({ address: owner.address });
  print(
    `  owner ${formatEther(before)} -> ${formatEther(after)} ETH (fee ${formatEther(collected.gasUsed * collected.effectiveGasPrice)})`,
  );

  print("6. A Solana wallet pays the owner 2.5 SOL, on the same chain");
  const ownersName = node.accounts.find(({ address: name }) => name === owner.address)?.pubkey ?? "";
  const payment = await payFromSolana(node, ownersName, 2.5);
  print(
    `  block ${String(payment.slot).padStart(3)}  ${"transfer by web3.js".padEnd(44)} ${String(payment.units).padStart(5)} units  ${payment.signature}`,
  );
  print(`  owner ${formatEther(after)} -> ${formatEther(await client.getBalance({ address: owner.address }))} ETH`);

  print("7. Read the events back");
  for (const log of await client.getLogs({ address, fromBlock: deployed.blockNumber })) {
    const event = decodeEventLog({ abi, data: log.data, topics: log.topics });
    print(`  ${event.eventName}(${Object.values((event.args ?? {}) as object).join(", ")})`);
  }
  const entries = await client.readContract({ address, abi, functionName: "entries" });
  print(`  entries() = ${String(entries)}`);
  return hashes;
}

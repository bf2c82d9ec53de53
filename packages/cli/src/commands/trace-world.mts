/** A development node with a contract in each of EVM and WASM that lead to the SVM, for tests of traces. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Connection, Keypair, SystemProgram, Transaction, type PublicKey, type TransactionInstruction } from "@solana/web3.js";
import { buildContract } from "@trireme/contract-as";
import { bytesToHex } from "@trireme/core";
import { defineDevChain, deriveDevAccounts, devAccountSecret, devFaucetSeed, startNode } from "@trireme/node";
import { compileSolidity } from "@trireme/testing";
import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
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

const solidity = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import {Svm} from "@trireme/svm/Svm.sol";
interface IRelay { function forward(address target, bytes calldata data) external returns (bytes memory); }
contract Router {
  event Paid(bytes32 indexed to, uint64 lamports);
  error Closed(uint256 since);
  receive() external payable {}
  function start(address relay, address target, bytes calldata data, bool isLate) external payable returns (bytes memory answer) {
    answer = IRelay(relay).forward(target, data);
    require(!isLate, "too late");
  }
  function pay(bytes32 to, uint64 lamports) external returns (uint256) {
    Svm.transferLamports(to, lamports);
    emit Paid(to, lamports);
    return 7;
  }
  function refuse() external pure { revert Closed(42); }
}`;

const relaySource = `
import { Address, Bytes, call, revert } from "@trireme/contract-as";
@contract
class Relay {
  forward(target: Address, data: Bytes): Bytes {
    if (data.length == 0) revert("nothing to forward");
    return call(target, data).unwrap();
  }
}`;

const arbWasm = {
  address: "0x0000000000000000000000000000000000000071",
  abi: parseAbi(["function activateProgram(address program) payable returns (uint16, uint256)"]),
  functionName: "activateProgram",
} as const;

/** Starts the node and deploys. */
export async function createTraceWorld() {
  const folder = mkdtempSync(join(tmpdir(), "trireme-trace-"));
  const accounts = deriveDevAccounts(undefined, 1);
  const account = privateKeyToAccount(devAccountSecret(accounts[0]!) as Hex);
  const payer = Keypair.fromSeed(accounts.find(({ kind }) => kind === "solana")!.privateKey);
  const receiver: PublicKey = Keypair.generate().publicKey;
  const relayPath = join(folder, "relay.ts");
  writeFileSync(relayPath, relaySource);
  const library = readFileSync(createRequire(import.meta.url).resolve("@trireme/svm/Svm.sol"), "utf8");
  const [node, compiled, relayed] = await Promise.all([
    startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, faucetSeed: devFaucetSeed, logLevel: "silent" }),
    compileSolidity("Router.sol", solidity, "Router", { "@trireme/svm/Svm.sol": library }),
    buildContract({ entryPath: relayPath }),
  ]);
  const abi = compiled.abi as Abi;
  const abiFiles = Object.entries({ Router: { abi }, Relay: relayed.abi }).map(([name, document]) => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(document));
    return path;
  });

  const common = { chain: foundry, transport: http(node.http), pollingInterval: 20 };
  const reader = createPublicClient(common);
  const wallet = createWalletClient({ ...common, account });
  const receiptOf = (hash: Hex) => reader.waitForTransactionReceipt({ hash });
  const deploy = async (data: Hex): Promise<Address> =>
    getAddress((await receiptOf(await wallet.sendTransaction({ data, gas: 10_000_000n }))).contractAddress!);
  // One contract twice: the first calls the relay, the relay calls the second.
  const router = await deploy(compiled.bytecode);
  const payout = await deploy(compiled.bytecode);
  const relay = await deploy(bytesToHex(relayed.initCode));
  await receiptOf(await wallet.writeContract({ ...arbWasm, args: [relay], value: parseEther("1"), gas: 10_000_000n }));
  await receiptOf(await wallet.sendTransaction({ to: payout, value: parseEther("1") }));

  return {
    node,
    folder,
    reader,
    account,
    payer,
    receiver,
    abi,
    /** For `--abi`. */
    abiFiles,
    router,
    payout,
    relay,
    /** Calldata for `payout`. */
    paying: (lamports: bigint): Hex => encodeFunctionData({ abi, functionName: "pay", args: [toHex(receiver.toBytes()), lamports] }),
    refusing: (): Hex => encodeFunctionData({ abi, functionName: "refuse" }),
    /** Router -> Relay (WASM) -> Payout -> what the data says. */
    start: (data: Hex, isLate = false): Promise<Hex> =>
      wallet.writeContract({ address: router, abi, functionName: "start", args: [relay, payout, data, isLate], gas: 3_000_000n }),
    sending: (lamports: number): TransactionInstruction =>
      SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: receiver, lamports }),
    /** Signs for Solana; gives the signature. Nothing is tried before it is sent. */
    async sendSolana(...instructions: readonly TransactionInstruction[]): Promise<string> {
      const connection = new Connection(node.solana!.http, "confirmed");
      const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
      const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(...instructions);
      transaction.sign(payer);
      return connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
    },
    async close(): Promise<void> {
      await node.close();
      rmSync(folder, { recursive: true });
    },
  };
}

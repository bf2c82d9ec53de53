// A development node with contracts over generated bindings, and the generated clients, running.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as kit from "@solana/kit";
import { generateBindings, type Bindings } from "@trireme/bindings";
import { buildContract } from "@trireme/contract-as";
import { bytesToHex } from "@trireme/core";
import { defineDevChain, deriveDevAccounts, devAccountSecret, devFaucetSeed, startNode } from "@trireme/node";
import { compileSolidity, createTypescriptEvaluator, type EvaluatedModule } from "@trireme/testing";
import * as viem from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { assemblyscriptSource, echoAbi, soliditySource } from "./bound-contracts.mts";

const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const evaluate = await createTypescriptEvaluator({ "@solana/kit": kit, viem });

/** All bindings of the tests. */
export const bound: Readonly<Record<"echo" | "kitchen" | "system" | "token", Bindings>> = {
  echo: generateBindings({ document: echoAbi, name: "Echo" }),
  kitchen: generateBindings({ document: fixture("kitchen.anchor.json") }),
  system: generateBindings({ document: fixture("system.codama.json") }),
  token: generateBindings({ document: fixture("spl-token.codama.json") }),
};

/** What a generated TypeScript file exports. */
export function clientOf(name: keyof typeof bound, file: string): EvaluatedModule {
  return evaluate(new Map(bound[name].files.map(({ path, text }) => [path, text])), `typescript/${file}.ts`);
}

const arbWasm = {
  address: "0x0000000000000000000000000000000000000071",
  abi: viem.parseAbi(["function activateProgram(address program) payable returns (uint16, uint256)"]),
  functionName: "activateProgram",
} as const;

/** A contract on the chain. */
export interface Deployed {
  readonly address: viem.Address;
  readonly abi: viem.Abi;
}

/** Starts the node and deploys the contract in both languages. */
export async function createBoundWorld() {
  const folder = mkdtempSync(join(tmpdir(), "trireme-bound-"));
  for (const { files } of Object.values(bound)) {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  writeFileSync(join(folder, "bound.ts"), assemblyscriptSource);
  const library = readFileSync(createRequire(import.meta.url).resolve("@trireme/svm/Svm.sol"), "utf8");
  const sources = Object.values(bound).flatMap(({ files }) => files.filter(({ language }) => language === "solidity"));
  const imports = Object.fromEntries(sources.map(({ path, text }) => [path.replace("solidity/", ""), text]));
  const accounts = deriveDevAccounts(undefined, 1);
  const [node, compiled, built] = await Promise.all([
    startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, faucetSeed: devFaucetSeed, logLevel: "silent" }),
    compileSolidity("Bound.sol", soliditySource, "Bound", { ...imports, "@trireme/svm/Svm.sol": library }),
    buildContract({ entryPath: join(folder, "bound.ts") }),
  ]);

  const account = privateKeyToAccount(devAccountSecret(accounts[0]!) as viem.Hex);
  const payer = await kit.createKeyPairSignerFromPrivateKeyBytes(accounts.find(({ kind }) => kind === "solana")!.privateKey);
  const common = { chain: foundry, transport: viem.http(node.http), pollingInterval: 20 };
  const reader = viem.createPublicClient(common);
  const wallet = viem.createWalletClient({ ...common, account });
  const rpc = kit.createSolanaRpc(node.solana!.http);
  const receiptOf = (hash: viem.Hex) => reader.waitForTransactionReceipt({ hash });
  const deploy = async (data: viem.Hex): Promise<viem.Address> =>
    viem.getAddress((await receiptOf(await wallet.sendTransaction({ data, gas: 15_000_000n }))).contractAddress!);
  const solidity: Deployed = { address: await deploy(compiled.bytecode), abi: compiled.abi as viem.Abi };
  const wasm: Deployed = { address: await deploy(bytesToHex(built.initCode)), abi: built.abi as unknown as viem.Abi };
  await receiptOf(await wallet.writeContract({ ...arbWasm, args: [wasm.address], value: viem.parseEther("1"), gas: 15_000_000n }));

  return {
    account,
    payer,
    reader,
    solidity,
    wasm,
    read: (contract: Deployed, functionName: string, ...args: readonly unknown[]): Promise<unknown> =>
      reader.readContract({ ...contract, functionName, args }),
    async write(contract: Deployed, functionName: string, ...args: readonly unknown[]): Promise<string> {
      return (await receiptOf(await wallet.writeContract({ ...contract, functionName, args }))).status;
    },
    /** Sends what a generated client made. */
    async sendEthereum(request: { readonly to: viem.Hex; readonly data: viem.Hex }): Promise<string> {
      return (await receiptOf(await wallet.sendTransaction(request))).status;
    },
    /** Signs with the payer and every signer among the accounts; pays Ethereum's price, as a message that names a contract has to. */
    async sendSolana(instructions: readonly kit.Instruction[]): Promise<unknown> {
      const { value: latest } = await rpc.getLatestBlockhash().send();
      const price = (await reader.getGasPrice()) / 1_000n + 1n;
      const message = kit.pipe(
        kit.createTransactionMessage({ version: 0 }),
        (empty) => kit.setTransactionMessageFeePayerSigner(payer, empty),
        (paid) => kit.setTransactionMessageLifetimeUsingBlockhash(latest, paid),
        (dated) => kit.setTransactionMessageComputeUnitLimit(1_000_000, dated),
        (limited) => kit.setTransactionMessageComputeUnitPrice(price, limited),
        (priced) => kit.appendTransactionMessageInstructions(instructions, priced),
      );
      const wire = kit.getBase64EncodedWireTransaction(await kit.signTransactionMessageWithSigners(message));
      const signature = await rpc.sendTransaction(wire, { encoding: "base64" }).send();
      const found = await rpc.getTransaction(signature, { encoding: "json", maxSupportedTransactionVersion: 0 }).send();
      return found === null ? "missing" : found.meta?.err;
    },
    async accountData(address: kit.Address): Promise<kit.ReadonlyUint8Array> {
      const { value } = await rpc.getAccountInfo(address, { encoding: "base64" }).send();
      return kit.getBase64Encoder().encode(value?.data[0] ?? "");
    },
    minimumBalance: (space: bigint): Promise<bigint> => rpc.getMinimumBalanceForRentExemption(space).send(),
    async close(): Promise<void> {
      await node.close();
      rmSync(folder, { recursive: true });
    },
  };
}

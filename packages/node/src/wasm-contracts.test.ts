// WASM contracts as any client sees them: over a real port, with viem, beside the same contracts in Solidity.
import { fileURLToPath } from "node:url";
import { buildContract } from "@trireme/contract-as";
import { bytesToHex } from "@trireme/core";
import { compileSolidity } from "@trireme/testing";
import {
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  getAddress,
  http,
  parseAbi,
  parseEther,
  zeroAddress,
  type Abi,
  type Address,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveDevAccounts, devAccountSecret } from "./dev-accounts.ts";
import { defineDevChain } from "./dev-chain.ts";
import { startNode, type RunningNode } from "./start-node.ts";
import { assemblyScriptDiver, solidityDiver, solidityErc20 } from "./test/contract-sources.mts";

/** A contract on the chain. */
interface Deployed {
  readonly address: Address;
  readonly abi: Abi;
}

const accounts = deriveDevAccounts(undefined, 2);
const [alice, bob] = accounts.slice(0, 2).map((account) => privateKeyToAccount(devAccountSecret(account) as Hex)) as [Signer, Signer];
type Signer = ReturnType<typeof privateKeyToAccount>;
const carol = getAddress(`0x${"ca".repeat(20)}`);
const arbWasm = "0x0000000000000000000000000000000000000071";
const arbWasmAbi = parseAbi([
  "function activateProgram(address program) payable returns (uint16 version, uint256 dataFee)",
  "function programVersion(address program) view returns (uint16)",
  "event ProgramActivated(bytes32 indexed codehash, bytes32 moduleHash, address program, uint256 dataFee, uint16 version)",
]);
const gas = 5_000_000n;

let node: RunningNode;
let clients: ReturnType<typeof clientsOf>;

function clientsOf(url: string) {
  const transport = http(url);
  return { reader: createPublicClient({ chain: foundry, transport }), wallet: createWalletClient({ chain: foundry, transport }) };
}

beforeAll(async () => {
  node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, logLevel: "silent" });
  clients = clientsOf(node.http);
});
afterAll(() => node.close());

/** Sends init code without recipient; the receipt names the contract. */
async function deploy(initCode: Hex): Promise<Address> {
  const hash = await clients.wallet.sendTransaction({ account: alice, data: initCode, gas });
  const { contractAddress, status } = await clients.reader.getTransactionReceipt({ hash });
  if (status !== "success" || typeof contractAddress !== "string") throw new Error(`the deployment ended with ${status}`);
  return getAddress(contractAddress);
}

async function deploySolidity(name: string, source: string): Promise<Deployed> {
  const { abi, bytecode } = await compileSolidity(`${name}.sol`, source, name);
  return { address: await deploy(bytecode), abi: abi as Abi };
}

async function deployProgram(source: Parameters<typeof buildContract>[0]): Promise<Deployed> {
  const { initCode, abi } = await buildContract(source);
  return { address: await deploy(bytesToHex(initCode)), abi: abi as unknown as Abi };
}

function activate({ address }: Deployed, value = parseEther("1")): Promise<Hex> {
  const { wallet } = clients;
  return wallet.writeContract({
    account: alice,
    address: arbWasm,
    abi: arbWasmAbi,
    functionName: "activateProgram",
    args: [address],
    value,
    gas,
  });
}

function read({ address, abi }: Deployed, functionName: string, ...args: readonly unknown[]): Promise<unknown> {
  return clients.reader.readContract({ address, abi, functionName, args });
}

/** Calls as a transaction; gives the receipt's status and its logs, decoded. */
async function write({ address, abi }: Deployed, signer: Signer, functionName: string, ...args: readonly unknown[]) {
  const hash = await clients.wallet.writeContract({ account: signer, address, abi, functionName, args, gas });
  const { status, blockNumber } = await clients.reader.getTransactionReceipt({ hash });
  const events = await clients.reader.getContractEvents({ address, abi, fromBlock: blockNumber, toBlock: blockNumber });
  return { status, events: events.map(({ eventName, args: values }) => [eventName, values]) };
}

/** What viem decodes from the revert of a call. */
async function refusal({ address, abi }: Deployed, signer: Signer, functionName: string, ...args: readonly unknown[]) {
  const error: unknown = await clients.reader.simulateContract({ account: signer, address, abi, functionName, args }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const reverted = error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : undefined;
  if (!(reverted instanceof ContractFunctionRevertedError)) throw new Error(`${functionName} did not revert`, { cause: error });
  return [reverted.data?.errorName, reverted.data?.args];
}

describe("an ERC-20 in AssemblyScript", () => {
  let program: Deployed;
  let solidity: Deployed;
  beforeAll(async () => {
    const entryPath = fileURLToPath(new URL("../../contract-as/assembly/examples/erc20.ts", import.meta.url));
    program = await deployProgram({ entryPath });
    solidity = await deploySolidity("Erc20", solidityErc20);
  });

  it("is activated by ArbWasm, for the data fee alone", async () => {
    const { reader } = clients;
    await expect(read(program, "totalSupply")).rejects.toThrow(/notActivated/);
    const before = await reader.getBalance({ address: alice.address });
    const { gasUsed, effectiveGasPrice, status } = await reader.getTransactionReceipt({ hash: await activate(program) });
    expect(status).toBe("success");
    const [activated, ...more] = await reader.getContractEvents({ address: arbWasm, abi: arbWasmAbi, fromBlock: 0n });
    expect(more).toEqual([]);
    expect(activated).toMatchObject({ eventName: "ProgramActivated", args: { program: program.address, version: 2 } });
    const fee = activated?.args.dataFee ?? 0n;
    expect(fee).toBeGreaterThan(0n);
    expect(before - (await reader.getBalance({ address: alice.address }))).toBe(fee + gasUsed * effectiveGasPrice);
    expect(await reader.readContract({ address: arbWasm, abi: arbWasmAbi, functionName: "programVersion", args: [program.address] })).toBe(
      2,
    );
  });

  it("gives the results, events, errors and storage of the same contract in Solidity", async () => {
    const supply = 10n ** 24n;
    const session = async (token: Deployed) => {
      const balances = async () => Promise.all([alice.address, bob.address, carol].map((owner) => read(token, "balanceOf", owner)));
      return [
        await write(token, alice, "initialize", "Trireme ⛵ token with a name beyond one word", "TRI", supply),
        await Promise.all(["name", "symbol", "decimals", "totalSupply"].map((name) => read(token, name))),
        await write(token, alice, "transfer", bob.address, 1000n),
        await balances(),
        await write(token, bob, "approve", alice.address, 300n),
        await write(token, alice, "transferFrom", bob.address, carol, 100n),
        await read(token, "allowance", bob.address, alice.address),
        await balances(),
        await write(token, bob, "transfer", carol, 901n),
        await refusal(token, bob, "transfer", carol, 901n),
        await refusal(token, alice, "transferFrom", bob.address, carol, 201n),
        await refusal(token, alice, "transfer", zeroAddress, 1n),
        await refusal(token, alice, "initialize", "again", "AGAIN", 1n),
        await balances(),
        await Promise.all([2, 3, 4].map((slot) => clients.reader.getStorageAt({ address: token.address, slot: `0x${slot}` }))),
      ];
    };
    const results = await session(program);
    expect(results).toEqual(await session(solidity));
    const transfer = (from: Address, to: Address, value: bigint) => ["Transfer", { from, to, value }];
    expect(results.slice(2, 4)).toEqual([
      { status: "success", events: [transfer(alice.address, bob.address, 1000n)] },
      [supply - 1000n, 1000n, 0n],
    ]);
    expect(results.slice(8, 14)).toEqual([
      { status: "reverted", events: [] },
      ["ERC20InsufficientBalance", [bob.address, 900n, 901n]],
      ["ERC20InsufficientAllowance", [alice.address, 200n, 201n]],
      ["ERC20InvalidReceiver", [zeroAddress]],
      ["Error", ["already initialized"]],
      [supply - 1000n, 900n, 100n],
    ]);
  });

  it("is found by its indexed topics", async () => {
    const { reader } = clients;
    const [event] = parseAbi(["event Transfer(address indexed from, address indexed to, uint256 value)"]);
    const found = await reader.getLogs({ event, args: { to: [bob.address, carol] }, fromBlock: 0n });
    expect(found.map(({ address, args }) => [getAddress(address), args.value])).toEqual(
      [program, solidity].flatMap(({ address }) => [
        [address, 1000n],
        [address, 100n],
      ]),
    );
  });
});

describe("one storage layout, by delegate calls between languages", () => {
  let program: Deployed;
  let solidity: Deployed;
  beforeAll(async () => {
    program = await deployProgram({ source: assemblyScriptDiver });
    await activate(program);
    solidity = await deploySolidity("Diver", solidityDiver);
  });

  interface Model {
    visits: bigint;
    last: Address;
    marks: readonly bigint[];
    path: readonly bigint[];
    text: string;
    events: readonly unknown[];
  }

  /** What `dive` does, on plain data: undefined where it reverts. */
  function dive(before: Model, level: number, reverts: number, here: Deployed, next: Deployed): Model | undefined {
    const isProgram = here === program;
    let state: Model = {
      visits: before.visits + 1n,
      last: next.address,
      marks: before.marks.map((mark, at) => (at === level ? mark + 1n : mark)),
      path: [...before.path, BigInt(level)],
      text: `${before.text}${isProgram ? "w" : "s"}`,
      events: [...before.events, ["Visited", { level: BigInt(level), language: isProgram ? "AssemblyScript" : "Solidity" }]],
    };
    if (level > 0) {
      const below = dive(state, level - 1, reverts, next, here);
      state = below ?? state;
      state.path = [...state.path, BigInt((below === undefined ? 200 : 100) + level)];
      state.text += isProgram ? "W" : "S";
    }
    return (reverts & (1 << level)) === 0 ? state : undefined;
  }

  it.each(["AssemblyScript", "Solidity"])("%s on top, three levels below: a revert at a level undoes that level", async (language) => {
    const [top, other] = language === "Solidity" ? [solidity, program] : [program, solidity];
    let state: Model = { visits: 0n, last: zeroAddress, marks: [0n, 0n, 0n, 0n], path: [], text: "", events: [] };
    for (let reverts = 0; reverts < 16; reverts++) {
      const expected = dive({ ...state, events: [] }, 3, reverts, top, other);
      const { status, events } = await write(top, alice, "dive", 3n, BigInt(reverts), other.address, top.address);
      expect({ reverts, status, events }).toEqual({
        reverts,
        status: expected === undefined ? "reverted" : "success",
        events: expected?.events ?? [],
      });
      state = expected ?? state;
      const { visits, path, text } = state;
      const seen = await Promise.all(state.marks.map((_, level) => read(top, "summary", BigInt(level))));
      expect(seen).toEqual(state.marks.map((mark) => ({ visits, last: state.last, mark, path, text })));
    }
    expect([state.visits, await refusal(top, alice, "dive", 3n, 8n, other.address, top.address)]).toEqual([15n, ["Refused", [3n]]]);
  });
});

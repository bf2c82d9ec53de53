/** The swap on a node's real ports, with viem, @solana/kit and raw JSON-RPC. */
import { getTransferSolInstruction } from "@solana-program/system";
import { getCreateAssociatedTokenIdempotentInstructionAsync, getMintToInstruction } from "@solana-program/token";
import { lamports } from "@solana/kit";
import { pubkeyToBase58, type Pubkey } from "@trireme/core";
import { defineDevChain, deriveDevAccounts, devAccountSecret, startNode, type DevAccount, type RunningNode } from "@trireme/node";
import { parseEther, parseEventLogs } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayAddress, poolAbi } from "./abi.ts";
import { errorOf } from "./call-tree.ts";
import { createClients, type Clients } from "./clients.ts";
import { compileContracts, type CompiledContracts } from "./contracts.ts";
import { openMarket, type Market } from "./market.ts";
import { createNarrator } from "./narrator.ts";
import { calldata, createRawWallet, request, type RawWallet } from "./raw-wallet.ts";
import { addressOf, type Snapshot } from "./snapshot.ts";
import { modelInvariant, modelQuote, type MarketNumbers } from "./stable-swap-model.ts";
import { playStory } from "./story.ts";
import { failingSwap, failingVms, isUndone, solanaSwap, swap } from "./swap.ts";
import { approve, bytes32Of, tokenAccountOf } from "./tokens.ts";

const accounts = deriveDevAccounts(undefined, 3);
let node: RunningNode;
let clients: Clients;
let contracts: CompiledContracts;
let market: Market;

beforeAll(async () => {
  node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, logLevel: "silent" });
  contracts = await compileContracts();
  clients = await createClients({
    http: node.http,
    solana: node.solana ?? null,
    chainId: 31337,
    accounts: accounts.map((account) => ({ ...account, pubkey: pubkeyToBase58(account.pubkey), secret: devAccountSecret(account) })),
  });
  market = await openMarket(
    clients,
    contracts,
    createNarrator(() => undefined),
  );
});
afterAll(() => node.close());

const read = (functionName: "reserve0" | "reserve1" | "swaps" | "totalShares") =>
  clients.reader.readContract({ address: market.pool, abi: poolAbi, functionName });

/** The pool seen by who sells its first token. */
async function poolNumbers(): Promise<MarketNumbers> {
  const [reserveIn, reserveOut] = await Promise.all([read("reserve0"), read("reserve1")]);
  return { reserveIn, reserveOut, scaleIn: 1_000n, scaleOut: 1n, amplification: 200n, fee: 4_000_000n };
}

/** By holder and symbol; both clients have to agree. */
function tokensOf({ tokens }: Snapshot): Readonly<Record<string, bigint>> {
  expect(tokens.map(({ viem }) => viem)).toEqual(tokens.map(({ kit }) => kit));
  return Object.fromEntries(tokens.map(({ holder, token, viem }) => [`${holder} ${token.symbol}`, viem]));
}

describe("a swap", () => {
  it("by viem: one Ethereum transaction moves SPL tokens at the price of the model", async () => {
    const numbers = await poolNumbers();
    expect(await read("totalShares")).toBe(modelInvariant(numbers));
    const sold = 25_000_000_000n;
    const bought = modelQuote(numbers, sold) as bigint;
    const done = await swap(clients, market);
    const [before, after] = [tokensOf(done.before), tokensOf(done.after)];
    expect(after).toEqual({
      ...before,
      "trader USDC": before["trader USDC"]! - sold,
      "trader DAI": before["trader DAI"]! + bought,
      "pool USDC": before["pool USDC"]! + sold,
      "pool DAI": before["pool DAI"]! - bought,
    });
    expect(await poolNumbers()).toMatchObject({ reserveIn: after["pool USDC"], reserveOut: after["pool DAI"] });
    expect(isUndone(done)).toBe(false);
    const { logs } = await clients.reader.getTransactionReceipt({ hash: done.settled.id as `0x${string}` });
    const [event] = parseEventLogs({ abi: poolAbi, logs, eventName: "Swapped" });
    const { address } = clients.trader.account;
    expect(event?.args).toEqual({ trader: address, mintIn: bytes32Of(market.usdc.mint), amountIn: sold, amountOut: bought });
  });

  it("by kit: one Solana transaction approves and calls the Solidity contract", async () => {
    const done = await solanaSwap(clients, market);
    expect(done.settled.hasSucceeded).toBe(true);
    const [before, after] = [tokensOf(done.before), tokensOf(done.after)];
    expect([before["Solana trader DAI"], after["Solana trader DAI"]]).toEqual([10_000_000_000_000n, 0n]);
    expect(after["Solana trader USDC"]).toBe(before["pool USDC"]! - after["pool USDC"]!);
    const payer = (snapshot: Snapshot) => snapshot.native.find(({ holder }) => holder === "Solana trader")?.wei ?? 0n;
    expect(payer(done.after)).toBe(payer(done.before) - done.settled.fee);
  });

  it("by raw JSON-RPC: approves through the gateway, swaps, and reads both tokens on both ports", async () => {
    const key = accounts[2] as DevAccount;
    const wallet = createRawWallet(node.http, key.privateKey);
    const { approval, sources } = await openRawTrader(wallet, key.pubkey);
    const swapData = calldata("swap(bytes32,uint64,uint64)", bytes32Of(market.usdc.mint).slice(2), (10n ** 9n).toString(16), "0");
    // Not approved yet: SPL Token's error 4, the owner does not match.
    await expect(request(node.http, "eth_estimateGas", [{ from: wallet.address, to: market.pool, data: swapData }])).rejects.toThrow(
      /0x363072f5[0-9a-f]{127}4/,
    );
    expect((await wallet.send(gatewayAddress, approval, 200_000)).status).toBe("0x1");
    const bought = modelQuote(await poolNumbers(), 10n ** 9n);
    const receipt = await wallet.send(market.pool, swapData, 300_000);
    expect(receipt).toMatchObject({ status: "0x1", logs: [{ address: market.pool, topics: expect.any(Array) }] });
    const balanceOf = calldata("balanceOf(address)", wallet.address.slice(2));
    const byEthereum = [market.usdc, market.dai].map(async ({ mint }) =>
      BigInt((await request(node.http, "eth_call", [{ to: addressOf(mint), data: balanceOf }, "latest"])) as string),
    );
    expect(await Promise.all(byEthereum)).toEqual([4n * 10n ** 9n, bought]);
    const bySolana = sources.map(
      async (source) =>
        ((await request(node.solana!.http, "getTokenAccountBalance", [source])) as { readonly value: { readonly amount: string } }).value
          .amount,
    );
    expect(await Promise.all(bySolana)).toEqual(["4000000000", String(bought)]);
  });
});

describe("a swap that fails", () => {
  it.each(failingVms)("in the %s leaves nothing but its fee, in both clients' views", async (vm) => {
    const swaps = await read("swaps");
    const failed = await failingSwap(clients, market, vm);
    expect(failed.settled.hasSucceeded).toBe(false);
    expect(isUndone(failed)).toBe(true);
    expect(await errorOf(clients, failed.settled.id)).toMatch(errors[vm]);
    expect(await read("swaps")).toBe(swaps);
    const { logs } = await clients.reader.getTransactionReceipt({ hash: failed.settled.id as `0x${string}` });
    expect(logs).toEqual([]);
  });
  const errors = { evm: /^SlippageExceeded/, wasm: /^OutOfBalance/, svm: /^SvmError\(SPL Token, 17: Account is frozen\)$/ };

  it("is told with its call tree", async () => {
    const lines: string[] = [];
    await playStory(
      clients,
      contracts,
      "svm",
      createNarrator((line) => lines.push(line)),
    );
    const tree = lines.filter((line) => / gas  FAILED /.test(line));
    expect(tree).toEqual([
      expect.stringMatching(/EVM {2}StableSwapPool\.swap\(25000 USDC .* FAILED SvmError\(SPL Token, 17/),
      expect.stringMatching(/└ SVM {2}SPL Token transfer of 24956.915166148 DAI, pool -> trader .* FAILED custom program error: 0x11/),
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/trader USDC +250000 -> 250000 +250000 -> 250000$/));
  });
});

describe("the pool", () => {
  it("takes liquidity in its proportion, and gives its providers all it has with the fees that it kept", async () => {
    const { provider, reader, wallet } = clients;
    const call = { account: provider.account, address: market.pool, abi: poolAbi } as const;
    const [d, shares] = [modelInvariant(await poolNumbers()) as bigint, await read("totalShares")];
    expect(d).toBeGreaterThan(shares);
    const withdraw = async (amount: bigint) => {
      const settled = await clients.settle(await wallet.writeContract({ ...call, functionName: "withdraw", args: [amount] }));
      expect(settled.hasSucceeded).toBe(true);
    };
    const whole = await poolNumbers();
    await withdraw(shares / 2n);
    const half = await poolNumbers();
    expect([half.reserveIn, half.reserveOut]).toEqual([whole.reserveIn - whole.reserveIn / 2n, whole.reserveOut - whole.reserveOut / 2n]);

    // A third of what is there, of both: more of the second is not taken.
    for (const token of [market.usdc, market.dai])
      await clients.settle(await approve(clients, provider, token, market.poolPubkey, half.reserveOut));
    const args = [half.reserveIn / 3n, half.reserveOut] as const;
    await clients.settle(await wallet.writeContract({ ...call, functionName: "deposit", args }));
    const more = await poolNumbers();
    expect(more.reserveIn).toBe(half.reserveIn + half.reserveIn / 3n);
    expect(more.reserveOut * half.reserveIn - half.reserveOut * more.reserveIn).toBeGreaterThanOrEqual(0n);
    expect(more.reserveOut - half.reserveOut - half.reserveOut / 3n).toBeLessThanOrEqual(half.reserveOut / half.reserveIn + 1n);

    await withdraw(await read("totalShares"));
    expect(await poolNumbers()).toMatchObject({ reserveIn: 0n, reserveOut: 0n });
    await expect(reader.simulateContract({ ...call, functionName: "withdraw", args: [1n] })).rejects.toThrow("Division or modulo by zero");
  });

  it("stands on one balance: SOL that a Solana wallet pays is ether of an Ethereum wallet", async () => {
    const { issuer, trader, reader } = clients;
    const before = await reader.getBalance({ address: trader.account.address });
    const transfer = getTransferSolInstruction({ source: issuer, destination: trader.pubkey, amount: lamports(2_500_000_000n) });
    await clients.sendSolana(issuer, [transfer]);
    expect(await reader.getBalance({ address: trader.account.address })).toBe(before + parseEther("2.5"));
  });
});

/** Gives 5,000 USDC to the wallet, and calldata with which it makes the pool the delegate of all of them. */
async function openRawTrader(wallet: RawWallet, pubkey: Pubkey) {
  const { issuer } = clients;
  const owner = pubkeyToBase58(pubkey) as typeof issuer.address;
  const { usdc, dai, poolPubkey } = market;
  const [source, target] = await Promise.all([tokenAccountOf(owner, usdc), tokenAccountOf(owner, dai)]);
  await clients.sendSolana(issuer, [
    await getCreateAssociatedTokenIdempotentInstructionAsync({ payer: issuer, owner, mint: usdc.mint }),
    await getCreateAssociatedTokenIdempotentInstructionAsync({ payer: issuer, owner, mint: dai.mint }),
    getMintToInstruction({ mint: usdc.mint, token: source, mintAuthority: issuer, amount: 5n * 10n ** 9n }),
  ]);
  // invoke(program, [source writable, delegate, owner signer], Approve of u64 MAX)
  const tokenProgram = "06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9";
  const meta = (key: string, isSigner: number, isWritable: number) => [key, String(isSigner), String(isWritable)];
  const approval = calldata(
    "invoke(bytes32,(bytes32,bool,bool)[],bytes)",
    tokenProgram,
    "60",
    "1a0",
    "3",
    ...meta(bytes32Of(source).slice(2), 0, 1),
    ...meta(bytes32Of(poolPubkey).slice(2), 0, 0),
    ...meta(bytes32Of(owner).slice(2), 1, 0),
    "9",
    `04${"ff".repeat(8)}`.padEnd(64, "0"),
  );
  return { approval, sources: [source, target] };
}

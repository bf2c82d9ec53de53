// The auction on a real node: the story, the rule against a second implementation, conservation, and who tries to cheat.
import { readFileSync } from "node:fs";
import { getFreezeAccountInstruction, getThawAccountInstruction, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { defineDevChain, deriveDevAccounts, startNode, type RunningNode } from "@trireme/node";
import fc from "fast-check";
import {
  BaseError,
  ContractFunctionRevertedError,
  encodeFunctionResult,
  parseEventLogs,
  size,
  type Address,
  type Hex,
  type PrivateKeyAccount,
} from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineAbi, houseAbi } from "./abi.ts";
import { closeAuction, holdingOf, openAuction, passTime, readAuction } from "./auction.ts";
import { approveInstruction, contractFee, ethereumBidder, orderInstructions, type House } from "./bidders.ts";
import { bytes32Of, createClients, type Clients } from "./clients.ts";
import { accepts, clearBook, tradedAt, type BookOrder } from "./reference-clearing.ts";
import { endowment, playStory, type Story } from "./story.ts";
import { tokenAccountOf } from "./tokens.ts";

const accounts = deriveDevAccounts(undefined, 3);
const lines: string[] = [];
let node: RunningNode;
let clients: Clients;
let story: Story;

beforeAll(async () => {
  node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, logLevel: "silent" });
  clients = await createClients(node, accounts);
  story = await playStory(clients, (line) => lines.push(line));
});
afterAll(() => node.close());

it("tells the story that the README shows", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const shown = /```text\n([\s\S]*?)```/.exec(readme)?.[1]?.trimEnd().split("\n") ?? [];
  expect(shown.length).toBeGreaterThan(30);
  // What a step costs is the chain's affair.
  const plain = (line: string): string => line.replace(/\d+ (gas|units)/, "$1");
  expect(lines.map(plain)).toEqual(shown.map(plain));
});

describe("the engine in WASM", () => {
  const orders = (limit: fc.Arbitrary<bigint>, lots: fc.Arbitrary<number>) =>
    fc.array(fc.record({ isBuy: fc.boolean(), limit, lots }), { maxLength: 24 });
  const small = orders(fc.bigInt(1n, 8n), fc.integer({ min: 0, max: 9 }));
  const large = orders(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  const clear = (book: readonly BookOrder[]) =>
    clients.viem.readContract({ address: story.engine, abi: engineAbi, functionName: "clear", args: [book] });

  it("clears every book as the second implementation does", async () => {
    const checked = async (book: readonly BookOrder[]): Promise<void> => {
      expect(await clear(book)).toEqual(clearBook(book));
    };
    await fc.assert(fc.asyncProperty(small, checked), { numRuns: 120 });
    await fc.assert(fc.asyncProperty(large, checked), { numRuns: 60 });
  });

  it("trades the most, at a price that all who trade accept, and as much is bought as sold", async () => {
    const checked = async (book: readonly BookOrder[]): Promise<void> => {
      const { price, volume, fills } = await clear(book);
      for (let other = 0n; other <= 9n; other++) expect(tradedAt(book, other).volume).toBeLessThanOrEqual(Number(volume));
      const sums = { bought: 0, sold: 0 };
      for (const [index, order] of book.entries()) {
        const filled = fills[index] ?? 0;
        expect(filled).toBeLessThanOrEqual(accepts(order, price) ? order.lots : 0);
        sums[order.isBuy ? "bought" : "sold"] += filled;
        // Who gives a better limit is not left over while another of his side trades.
        const isBetter = order.isBuy ? order.limit > price : order.limit < price;
        const isServed = book.some(
          (other, place) =>
            other.isBuy === order.isBuy && (fills[place] ?? 0) > 0 && (order.isBuy ? other.limit < order.limit : other.limit > order.limit),
        );
        if (isBetter && isServed) expect(filled).toBe(order.lots);
      }
      expect(sums).toEqual({ bought: Number(volume), sold: Number(volume) });
    };
    await fc.assert(fc.asyncProperty(small, checked), { numRuns: 80 });
  });
});

const tokenProgram = bytes32Of(TOKEN_PROGRAM_ADDRESS);
const open = (): Promise<House> => openAuction(clients, story.contracts, story.engine, story.house);
const holdings = (owner: House["pubkey"]) =>
  Promise.all([story.house.base, story.house.quote].map((token) => holdingOf(clients, owner, token)));

/** The error of a call by an Ethereum wallet. */
async function refusal(account: PrivateKeyAccount, address: Address, functionName: "place" | "close" | "pay", ...args: readonly unknown[]) {
  const call = { account, address, abi: houseAbi, functionName, args } as unknown as Parameters<Clients["viem"]["simulateContract"]>[0];
  const error: unknown = await clients.viem.simulateContract(call).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const reverted = error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : undefined;
  if (!(reverted instanceof ContractFunctionRevertedError)) throw new Error(`${functionName} did not revert`, { cause: error });
  return [reverted.data?.errorName ?? reverted.signature, ...(reverted.data?.args ?? [])];
}

/** Code of an account that answers every call so: PUSH2 size, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN, then the answer. */
function codeThatReturns(answer: Hex): Hex {
  return `0x61${size(answer).toString(16).padStart(4, "0")}80600a5f395ff3${answer.slice(2)}`;
}

describe("the house", () => {
  const books = fc.sample(
    fc.array(
      fc.record({ bidder: fc.nat(3), isBuy: fc.boolean(), limit: fc.bigInt(9_000n, 9_003n), lots: fc.integer({ min: 1, max: 40 }) }),
      { minLength: 8, maxLength: 8 },
    ),
    { numRuns: 2, seed: 5 },
  );

  it.each(books.map((book) => [book] as const))("conserves each token and gives everybody what the rule says (%#)", async (book) => {
    const house = await open();
    const { bidders } = story;
    const before = await Promise.all(bidders.map(({ pubkey }) => holdings(pubkey)));
    for (const { bidder, ...bid } of book) {
      const { hasSucceeded } = await bidders[bidder]!.place(house, bid);
      expect(hasSucceeded).toBe(true);
    }
    await passTime(clients);
    const { hasSucceeded } = await closeAuction(clients, house);
    expect(hasSucceeded).toBe(true);
    const expected = clearBook(book);
    const { price, volume, book: placed } = await readAuction(clients, house);
    expect({ price, volume, fills: placed.map(({ filled }) => filled) }).toEqual(expected);
    const after = before.map(([base, quote], index) => {
      let [lots, paid] = [0, 0n];
      for (const [place, { bidder, isBuy }] of book.entries()) {
        if (bidder !== index) continue;
        const filled = expected.fills[place] ?? 0;
        lots += isBuy ? filled : -filled;
        paid += BigInt(isBuy ? filled : -filled) * expected.price;
      }
      return [base! + BigInt(lots) * house.lotSize, quote! - paid];
    });
    expect(await Promise.all(bidders.map(({ pubkey }) => holdings(pubkey)))).toEqual(after);
    expect(await holdings(house.pubkey)).toEqual([0n, 0n]);
    for (const part of [0, 1]) expect(after.reduce((sum, held) => sum + held[part]!, 0n)).toBe(4n * endowment);
  });

  it("takes no order in another's name, without a deposit or an account to be paid on, or too late", async () => {
    const house = await open();
    const [ada, , eve] = clients.ethereum as [PrivateKeyAccount, PrivateKeyAccount, PrivateKeyAccount];
    const [chi, dov] = [story.bidders[2]!, story.bidders[3]!];
    // Dov has allowed the house to take his tokens: Eve orders in his name.
    const dovsKey = clients.solana[1]!;
    const approval = await approveInstruction(house, dovsKey, { isBuy: true, lots: 1, limit: 1_000n });
    expect((await clients.sendSolana(dovsKey, [...(await contractFee(clients)), approval])).hasSucceeded).toBe(true);
    const dovsName = bytes32Of(dov.pubkey);
    expect(await refusal(eve, house.address, "place", dovsName, true, 1, 1_000n)).toEqual(["NotYourName", dovsName, eve.address]);
    const { pubkey: eveKey } = await ethereumBidder(clients, "Eve", eve);
    const evesName = bytes32Of(eveKey);
    expect((await refusal(eve, house.address, "place", evesName, true, 1, 1_000n))[0]).toBe("NotATokenAccount");
    const adasName = bytes32Of(story.bidders[0]!.pubkey);
    // SPL Token's error 4: the owner does not match, the house is nobody's delegate here.
    expect((await refusal(ada, house.address, "place", adasName, true, 1, 1_000n)).slice(0, 3)).toEqual(["SvmError", tokenProgram, 4]);
    expect(await refusal(ada, house.address, "place", adasName, true, 0, 1_000n)).toEqual(["BadOrder", 0, 1_000n]);
    expect((await refusal(ada, house.address, "place", adasName, true, 2, 2n ** 63n))[0]).toBe("BadOrder");
    // A Solana transaction is undone as a whole, its approval too.
    const chisKey = clients.solana[0]!;
    const order = await orderInstructions(clients, house, chisKey, { isBuy: true, lots: 2, limit: endowment });
    expect((await clients.sendSolana(chisKey, order, true)).hasSucceeded).toBe(false);
    const source = await tokenAccountOf(chi.pubkey, house.quote);
    const { value } = await clients.rpc.getAccountInfo(source, { encoding: "base64" }).send();
    // The delegate's option.
    expect([...Buffer.from(value!.data[0], "base64").subarray(72, 76)]).toEqual([0, 0, 0, 0]);

    expect((await refusal(ada, house.address, "close"))[0]).toBe("TooEarly");
    expect(await refusal(ada, house.address, "pay", 0n)).toEqual(["NotClosed"]);
    await passTime(clients);
    expect((await closeAuction(clients, house)).hasSucceeded).toBe(true);
    expect(await readAuction(clients, house)).toEqual({ book: [], price: 0n, volume: 0n });
    expect((await refusal(ada, house.address, "place", adasName, true, 1, 1_000n))[0]).toBe("TooLate");
    expect(await refusal(ada, house.address, "close")).toEqual(["AlreadyClosed"]);
  });

  it("refuses what an engine may not decide", async () => {
    const house = await open();
    const [ada, , chi] = story.bidders;
    await ada!.place(house, { isBuy: true, lots: 2, limit: 10n });
    await chi!.place(house, { isBuy: false, lots: 2, limit: 10n });
    await passTime(clients);
    const closing = (price: bigint, volume: bigint, fills: readonly number[]) => {
      const answer = encodeFunctionResult({ abi: engineAbi, functionName: "clear", result: { price, volume, fills } });
      const stateOverride = [{ address: story.engine, code: codeThatReturns(answer) }];
      return clients.viem.simulateContract({ address: house.address, abi: houseAbi, functionName: "close", stateOverride });
    };
    await closing(10n, 2n, [2, 2]);
    await expect(closing(11n, 1n, [1, 1])).rejects.toThrow("BadClearing");
    await expect(closing(9n, 1n, [1, 1])).rejects.toThrow("BadClearing");
    await expect(closing(10n, 3n, [3, 3])).rejects.toThrow("BadClearing");
    await expect(closing(10n, 1n, [1, 0])).rejects.toThrow("BadClearing");
    await expect(closing(10n, 2n, [1, 1])).rejects.toThrow("BadClearing");
    await expect(closing(10n, 1n, [1, 1, 0])).rejects.toThrow("BadClearing");
  });

  it("pays everybody else when one cannot be paid, and him once he can", async () => {
    const house = await open();
    const [ada, , chi] = story.bidders;
    await ada!.place(house, { isBuy: true, lots: 3, limit: 10n });
    await chi!.place(house, { isBuy: false, lots: 2, limit: 10n });
    const [issuer] = clients.solana;
    const frozen = { account: await tokenAccountOf(chi!.pubkey, house.quote), mint: house.quote.mint, owner: issuer!, authority: issuer! };
    expect((await clients.sendSolana(issuer!, [getFreezeAccountInstruction(frozen)])).hasSucceeded).toBe(true);
    const before = await Promise.all([ada!, chi!].map(({ pubkey }) => holdings(pubkey)));
    await passTime(clients);
    // What a caller gives too little gas for is not taken for a payment that fails.
    const short = clients.viem.simulateContract({ address: house.address, abi: houseAbi, functionName: "close", gas: 250_000n });
    await expect(short).rejects.toThrow("NotEnoughGas");
    const { id } = await closeAuction(clients, house);
    const { logs } = await clients.viem.getTransactionReceipt({ hash: id as `0x${string}` });
    const events = parseEventLogs({ abi: houseAbi, logs: logs.filter(({ address }) => address === house.address) });
    expect(events.map(({ eventName }) => eventName)).toEqual(["Cleared", "Paid", "Unpaid"]);
    expect(await holdings(house.pubkey)).toEqual([0n, 20n]);
    expect(await holdings(ada!.pubkey)).toEqual([before[0]![0]! + 2n * house.lotSize, before[0]![1]! + 10n]);

    expect((await clients.sendSolana(issuer!, [getThawAccountInstruction(frozen)])).hasSucceeded).toBe(true);
    const [, ben] = clients.ethereum;
    const call = { account: ben!, address: house.address, abi: houseAbi, functionName: "pay" } as const;
    expect((await clients.settle(await clients.viem.writeContract({ ...call, args: [1n] }))).hasSucceeded).toBe(true);
    expect(await holdings(chi!.pubkey)).toEqual([before[1]![0]!, before[1]![1]! + 20n]);
    expect(await holdings(house.pubkey)).toEqual([0n, 0n]);
    expect(await refusal(ben!, house.address, "pay", 1n)).toEqual(["AlreadyPaid", 1n]);
  });
});

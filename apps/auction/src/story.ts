/** The story: two Ethereum and two Solana wallets bid for a token, and one price settles it. */
import { formatUnits } from "viem";
import { balanceOf, closeAuction, deployEngine, holdingOf, openAuction, passTime, readAuction } from "./auction.ts";
import { ethereumBidder, solanaBidder, type Bid, type Bidder, type House } from "./bidders.ts";
import { bytes32Of, type Clients } from "./clients.ts";
import { compileContracts, type CompiledContracts } from "./contracts.ts";
import { createToken, decimals, type Token } from "./tokens.ts";

/** What the story leaves behind. */
export interface Story {
  readonly contracts: CompiledContracts;
  readonly engine: House["address"];
  readonly house: House;
  readonly bidders: readonly Bidder[];
}

/** What each gets before the story begins, in units. */
export const endowment = 1_000_000_000n;

/** A lot is a hundredth of an oar. */
const lotSize = 10_000n;
const lotsOfOar = 10n ** BigInt(decimals) / lotSize;

/** By the place of the bidder: buys or sells so many lots, at so many hundredths of a dollar for an oar. */
const bids: readonly (readonly [bidder: number, isBuy: boolean, lots: number, cents: number])[] = [
  [0, true, 300, 1_050],
  [2, false, 250, 980],
  [1, true, 200, 1_010],
  [3, false, 150, 1_010],
  [2, true, 150, 1_010],
  [1, false, 100, 1_040],
  [3, true, 100, 960],
  [0, false, 60, 1_000],
];

/** Plays it; needs two wallets of each kind. */
export async function playStory(clients: Clients, print: (line: string) => void): Promise<Story> {
  const { ethereum, solana } = clients;
  const bidders = [
    await ethereumBidder(clients, "Ada", ethereum[0]!),
    await ethereumBidder(clients, "Ben", ethereum[1]!),
    solanaBidder(clients, "Chi", solana[0]!),
    solanaBidder(clients, "Dov", solana[1]!),
  ];
  print("1. Two SPL tokens, and wallets of two worlds that hold them");
  const holdings = bidders.map(({ pubkey }) => [pubkey, endowment] as const);
  const base = await createToken(clients, "OAR", holdings);
  const quote = await createToken(clients, "USD", holdings);
  for (const { symbol, mint, face } of [base, quote]) print(`  ${symbol}  mint ${mint}, an ERC-20 at ${face}`);
  for (const { name, kind, pubkey } of bidders) print(`  ${name}  ${kind.padEnd(8)}  ${pubkey}`);

  print("2. The engine in WASM, the house in Solidity");
  const contracts = await compileContracts();
  const engine = await deployEngine(clients, contracts);
  const house = await openAuction(clients, contracts, engine, { base, quote, lotSize });
  print(`  engine ${engine}`);
  print(`  house  ${house.address}, to Solana's programs ${house.pubkey}`);

  print("3. Orders, each with its deposit");
  for (const [place, isBuy, lots, cents] of bids) {
    const bidder = bidders[place] as Bidder;
    const bid = { isBuy, lots, limit: limitOf(cents) };
    const { block, used, hasSucceeded, id } = await bidder.place(house, bid);
    if (!hasSucceeded) throw new Error(`the order of ${bidder.name} failed: ${id}`);
    const unit = bidder.kind === "Solana" ? "units" : "gas";
    print(`  block ${String(block).padStart(3)}  ${bidder.name}  ${bidText(bid)}  by ${bidder.kind.padEnd(8)} ${used} ${unit}`);
  }

  print("4. Time is up, and anybody closes: EVM -> WASM for the price, EVM -> SVM for the payments");
  await passTime(clients);
  const closed = await closeAuction(clients, house);
  const { book, price, volume } = await readAuction(clients, house);
  print(`  block ${String(closed.block).padStart(3)}  close  ${closed.used} gas`);
  print(`  ${volumeText(volume)} OAR change hands at ${priceText(price)} USD, whoever bid what`);
  for (const { owner, isBuy, lots, limit, filled, isPaid } of book) {
    const name = bidders.find(({ pubkey }) => bytes32Of(pubkey) === owner)?.name ?? owner;
    print(`  ${name}  ${bidText({ isBuy, lots, limit })}  gets ${volumeText(BigInt(filled)).padStart(4)}${isPaid ? "" : ", not paid yet"}`);
  }

  print("5. Everybody's tokens, by kit and by viem: one balance");
  for (const { name, pubkey } of bidders) {
    const tokens = [base, quote];
    const held = await Promise.all(tokens.map((token) => holdingOf(clients, pubkey, token)));
    const seen = await Promise.all(tokens.map((token) => balanceOf(clients, pubkey, token)));
    print(`  ${name}  ${held.map(tokenText).join("  ")}   viem: ${seen.map(tokenText).join("  ")}`);
  }
  const left = await Promise.all([base, quote].map((token: Token) => holdingOf(clients, house.pubkey, token)));
  print(`  left in the house: ${left.join(" and ")}`);
  return { contracts, engine, house, bidders };
}

/** Quote units for a lot. */
function limitOf(cents: number): bigint {
  return (BigInt(cents) * 10n ** BigInt(decimals)) / 100n / lotsOfOar;
}

const priceText = (limit: bigint): string => Number(formatUnits(limit * lotsOfOar, decimals)).toFixed(2);
const volumeText = (lots: bigint): string => formatUnits(lots * lotSize, decimals);
const tokenText = (units: bigint): string => Number(formatUnits(units, decimals)).toFixed(2).padStart(8);
const bidText = ({ isBuy, lots, limit }: Bid): string =>
  `${isBuy ? "buys " : "sells"} ${volumeText(BigInt(lots)).padStart(4)} OAR at ${priceText(limit).padStart(5)}`;

/** A swap by a wallet of either kind, and the same swap made to fail deep in one of the VMs. */
import { AccountRole, type AccountSignerMeta } from "@solana/kit";
import { getApproveInstruction, getFreezeAccountInstruction, getThawAccountInstruction } from "@solana-program/token";
import { encodeFunctionData, hexToBytes, parseUnits } from "viem";
import { poolAbi } from "./abi.ts";
import type { Clients, Settled } from "./clients.ts";
import type { Market } from "./market.ts";
import { takeSnapshot, type Snapshot } from "./snapshot.ts";
import { bytes32Of, tokenAccountOf } from "./tokens.ts";

/** Where a swap fails. */
export type FailingVm = "evm" | "wasm" | "svm";

/** A swap and what it changed. */
export interface Swap {
  /** Who signed and pays for it. */
  readonly holder: string;
  readonly settled: Settled;
  readonly before: Snapshot;
  readonly after: Snapshot;
}

export const failingVms: readonly FailingVm[] = ["evm", "wasm", "svm"];

/** Whole tokens that are sold: a fair part of the pool, and more than it can price. */
const usual = 25_000n;
const tooMuch = 200_000n;
/** Whole tokens that no such sale gives. */
const tooDear = 25_000n;
/** Estimating would tell the wallet that it fails. */
const failingGas = 500_000n;
/** Whole tokens and compute units of the Solana wallet's swap. */
const solanaAmount = 10_000n;
const solanaUnits = 200_000;

/** The Ethereum wallet sells USDC for DAI. */
export function swap(clients: Clients, market: Market): Promise<Swap> {
  return sell(clients, market, usual, 0n, undefined);
}

/**
 * The same swap, refused at its last step by the pool (EVM), at its second by the pricing engine (WASM), or at its third by the
 * token program (SVM), whose mint's authority has frozen the trader's account.
 */
export async function failingSwap(clients: Clients, market: Market, vm: FailingVm): Promise<Swap> {
  if (vm === "evm") return sell(clients, market, usual, tooDear, failingGas);
  if (vm === "wasm") return sell(clients, market, tooMuch, 0n, failingGas);
  const { issuer, trader } = clients;
  const { mint } = market.dai;
  const frozen = { account: await tokenAccountOf(trader.pubkey, market.dai), mint, owner: issuer };
  await clients.sendSolana(issuer, [getFreezeAccountInstruction(frozen)]);
  const failed = await sell(clients, market, usual, 0n, failingGas);
  await clients.sendSolana(issuer, [getThawAccountInstruction(frozen)]);
  return failed;
}

/** The Solana wallet approves and sells DAI for USDC in one Solana transaction, whose instruction calls the Solidity contract. */
export async function solanaSwap(clients: Clients, market: Market): Promise<Swap> {
  const { usdc, dai, poolPubkey } = market;
  const { solanaTrader } = clients;
  const amount = parseUnits(String(solanaAmount), dai.decimals);
  const source = await tokenAccountOf(solanaTrader.address, dai);
  const wallet: AccountSignerMeta = { address: solanaTrader.address, role: AccountRole.WRITABLE_SIGNER, signer: solanaTrader };
  const touched = [source, await tokenAccountOf(solanaTrader.address, usdc), ...(await vaultsOf(market))];
  const args = [bytes32Of(dai.mint), amount, 0n] as const;
  const call = {
    programAddress: poolPubkey,
    accounts: [wallet, ...touched.map((address) => ({ address, role: AccountRole.WRITABLE }))],
    data: hexToBytes(encodeFunctionData({ abi: poolAbi, functionName: "swap", args })),
  };
  const before = await takeSnapshot(clients, market);
  const approval = getApproveInstruction({ source, delegate: poolPubkey, owner: solanaTrader, amount });
  const settled = await clients.sendSolana(solanaTrader, [approval, call], { units: solanaUnits });
  return { holder: "Solana trader", settled, before, after: await takeSnapshot(clients, market) };
}

/** True when nothing in any VM differs but for the payer's fee, as either client sees it. */
export function isUndone({ holder, settled, before, after }: Swap): boolean {
  const hasSameTokens = before.tokens.every((balance, index) => {
    const other = after.tokens[index];
    return balance.viem === other?.viem && balance.kit === other.kit && other.viem === other.kit;
  });
  const isOnlyFee = before.native.every((balance, index) => {
    const other = after.native[index];
    const fee = balance.holder === holder ? settled.fee : 0n;
    return other?.wei === balance.wei - fee && other.lamports === other.wei / 10n ** 9n;
  });
  return hasSameTokens && isOnlyFee && before.roots.every((root, index) => root === after.roots[index]);
}

function vaultsOf({ usdc, dai, poolPubkey }: Market) {
  return Promise.all([usdc, dai].map((token) => tokenAccountOf(poolPubkey, token)));
}

async function sell(clients: Clients, market: Market, amount: bigint, minimum: bigint, gas: bigint | undefined): Promise<Swap> {
  const { usdc, dai, pool } = market;
  const before = await takeSnapshot(clients, market);
  const hash = await clients.wallet.writeContract({
    account: clients.trader.account,
    address: pool,
    abi: poolAbi,
    functionName: "swap",
    args: [bytes32Of(usdc.mint), parseUnits(String(amount), usdc.decimals), parseUnits(String(minimum), dai.decimals)],
    ...(gas === undefined ? {} : { gas }),
  });
  const settled = await clients.settle(hash);
  return { holder: "trader", settled, before, after: await takeSnapshot(clients, market) };
}

/** The story: tokens, contracts, one swap over three VMs, and what is left of it when one of them fails. */
import { formatEther, formatUnits } from "viem";
import { drawCallTree, errorOf, type Legend } from "./call-tree.ts";
import type { Clients } from "./clients.ts";
import type { CompiledContracts } from "./contracts.ts";
import { openMarket, type Market } from "./market.ts";
import type { Narrator } from "./narrator.ts";
import { failingSwap, failingVms, isUndone, solanaSwap, swap, type FailingVm, type Swap } from "./swap.ts";

/** Plays the story and gives the hash of the trader's swap, which with `failAt` fails in that VM. @throws (rejects) when something is not as it is told */
export async function playStory(
  clients: Clients,
  contracts: CompiledContracts,
  failAt: FailingVm | undefined,
  narrator: Narrator,
): Promise<string> {
  const market = await openMarket(clients, contracts, narrator);
  if (failAt !== undefined) {
    narrator.chapter(`The trader swaps, and it fails in the ${failAt.toUpperCase()}`);
    const failed = await failingSwap(clients, market, failAt);
    await tell(clients, market, failed, narrator);
    narrator.line(undoneLine(failed));
    return failed.settled.id;
  }
  narrator.chapter("The trader, an Ethereum wallet, swaps: one transaction, three VMs");
  const done = await swap(clients, market);
  await tell(clients, market, done, narrator);
  narrator.chapter("A Solana wallet swaps in the same pool: one Solana transaction");
  await tell(clients, market, await solanaSwap(clients, market), narrator);
  narrator.chapter("Made to fail in each of the VMs, nothing is left of it but the fee");
  for (const vm of failingVms) {
    const failed = await failingSwap(clients, market, vm);
    narrator.step(`swap, fails in the ${vm.toUpperCase()}`, failed.settled);
    narrator.line(`           ${await errorOf(clients, failed.settled.id)}: ${undoneLine(failed)}`);
  }
  return done.settled.id;
}

async function tell(clients: Clients, market: Market, { holder, settled, before, after }: Swap, narrator: Narrator): Promise<void> {
  narrator.step("swap", settled);
  const holders = new Map(after.tokens.map((balance) => [balance.account, balance]));
  const legend: Legend = { ...market, holders };
  for (const line of await drawCallTree(clients, settled.id, legend)) narrator.line(line);
  narrator.line(row("", "viem, Ethereum's port", "@solana/kit, Solana's port"));
  for (const [index, balance] of after.tokens.entries()) {
    const was = before.tokens[index];
    if (was === undefined || (balance.holder !== holder && balance.holder !== "pool")) continue;
    const { symbol, decimals } = balance.token;
    narrator.line(row(`${balance.holder} ${symbol}`, change(was.viem, balance.viem, decimals), change(was.kit, balance.kit, decimals)));
  }
  const wasNative = before.native.find((balance) => balance.holder === holder);
  const native = after.native.find((balance) => balance.holder === holder);
  if (wasNative === undefined || native === undefined) return;
  narrator.line(row(`${holder} ETH = SOL`, change(wasNative.wei, native.wei, 18), change(wasNative.lamports, native.lamports, 9)));
}

function change(from: bigint, to: bigint, decimals: number): string {
  return `${formatUnits(from, decimals)} -> ${formatUnits(to, decimals)}`;
}

function row(...[name, viem, kit]: readonly [string, string, string]): string {
  return `${name.padEnd(24)} ${viem.padEnd(48)} ${kit}`.trimEnd();
}

/** @throws Error when more than the fee is left */
function undoneLine(failed: Swap): string {
  const { id, fee, hasSucceeded } = failed.settled;
  if (hasSucceeded) throw new Error(`expected ${id} to fail`);
  if (!isUndone(failed)) throw new Error(`${id} failed, and left more than its fee`);
  return `all tokens and storage as before, fee ${formatEther(fee)} ETH`;
}

/** What a transaction should offer. */
import type { Block, Chain, Receipt } from "@trireme/chain";

/** Tip that is proposed while the last blocks say nothing: 1 gwei, as other development chains. */
const DEFAULT_TIP = 1_000_000_000n;
const SAMPLED_BLOCKS = 20n;

/** A tip in wei per gas: the 60th percentile of those that the last 20 blocks took. */
export async function suggestedTip(chain: Chain): Promise<bigint> {
  const head = chain.head.header.number;
  const tips: bigint[] = [];
  for (let number = head; number > 0n && number > head - SAMPLED_BLOCKS; number--) {
    const block = await chain.getBlock(number);
    if (block === undefined || block.transactions.length === 0) continue;
    for (const receipt of (await chain.getReceipts(number)) ?? []) tips.push(tipOf(receipt, block));
  }
  if (tips.length === 0) return DEFAULT_TIP;
  tips.sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  return tips[Math.floor((tips.length - 1) * 0.6)] as bigint;
}

/** Wei per gas that a transaction paid above the base fee; never negative. */
export function tipOf(receipt: Receipt, block: Block): bigint {
  const tip = receipt.effectiveGasPrice - block.header.baseFeePerGas;
  return tip > 0n ? tip : 0n;
}

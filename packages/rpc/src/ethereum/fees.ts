/** What a transaction should offer. */
import type { Block, Chain, Receipt } from "@trireme/chain";

/** Tip that is proposed while the last blocks say nothing: 1 gwei, as other development chains. */
const DEFAULT_TIP = 1_000_000_000n;
const SAMPLED_BLOCKS = 20n;

/** A head's suggestion does not change, and every transaction that is filled in asks for it. */
const suggestions = new WeakMap<Block, Promise<bigint>>();

/** A tip in wei per gas: the 60th percentile of those that the last 20 blocks took. */
export function suggestedTip(chain: Chain): Promise<bigint> {
  const known = suggestions.get(chain.head);
  if (known !== undefined) return known;
  const suggestion = sampleTips(chain, chain.head.header.number);
  suggestions.set(chain.head, suggestion);
  return suggestion;
}

/** Wei per gas that a transaction paid above the base fee; never negative. */
export function tipOf(receipt: Receipt, block: Block): bigint {
  const tip = receipt.effectiveGasPrice - block.header.baseFeePerGas;
  return tip > 0n ? tip : 0n;
}

async function sampleTips(chain: Chain, head: bigint): Promise<bigint> {
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

/** eth_feeHistory */
import type { Block, Chain, Receipt } from "@trireme/chain";
import { blobBaseFee, blobScheduleOf, gasPerBlob } from "@trireme/ethereum";
import { invalidParameter } from "../../../json-rpc/rpc-error.ts";
import { optional, required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { blockAt } from "../../blocks.ts";
import { tipOf } from "../../fees.ts";
import { toQuantity } from "../../format/quantity.ts";
import { blockNumberTag } from "../../parameters/block-tag.ts";
import { looseQuantity } from "../../parameters/scalar.ts";
import { list } from "../../parameters/structure.ts";
import { ethereumMethod } from "../../services.ts";

const percentile: Parser<number> = (value, path) => {
  if (typeof value !== "number" || !(value >= 0 && value <= 100)) throw invalidParameter(path, "a percentile from 0 to 100", value);
  return value;
};

const percentiles: Parser<readonly number[]> = (value, path) => {
  const values = list(percentile, 100)(value, path);
  const descent = values.findIndex((entry, index) => index > 0 && entry < (values[index - 1] as number));
  if (descent > 0)
    throw invalidParameter(`${path}[${descent}]`, `a percentile of at least ${values[descent - 1]}: they ascend`, values[descent]);
  return values;
};

/** Base fees, fullness and tips of past blocks (EIP-1559), and the next block's base fee. */
export const feeHistory = ethereumMethod(
  [
    required("blockCount", looseQuantity(64)),
    required("newestBlock", blockNumberTag),
    optional("rewardPercentiles", percentiles, undefined),
  ],
  async ({ chain, limits }, [count, newestTag, wanted]) => {
    const newest = await blockAt(chain, newestTag === "pending" ? "latest" : newestTag);
    const last = newest.header.number;
    const limit = BigInt(limits.feeHistoryBlocks);
    const length = [count, limit, last + 1n].reduce((least, entry) => (entry < least ? entry : least));
    if (length === 0n) return { oldestBlock: "0x0", gasUsedRatio: [], baseFeePerGas: [] };
    const blocks: Block[] = [];
    for (let number = last - length + 1n; number <= last; number++) blocks.push(await blockAt(chain, number));
    const next = await chain.getBlock(last + 1n);
    const reward: string[][] = [];
    if (wanted !== undefined) {
      for (const block of blocks) reward.push(rewardsOf(block, (await chain.getReceipts({ hash: block.hash })) ?? [], wanted));
    }
    return {
      oldestBlock: toQuantity(last - length + 1n),
      baseFeePerGas: [...blocks.map((block) => block.header.baseFeePerGas), next?.header.baseFeePerGas ?? chain.nextBaseFee()].map(
        toQuantity,
      ),
      gasUsedRatio: blocks.map(({ header }) => ratio(header.gasUsed, header.gasLimit)),
      baseFeePerBlobGas: [
        ...blocks.map((block) => blobFeeOf(chain, block)),
        next === undefined ? chain.nextBlobBaseFee() : blobFeeOf(chain, next),
      ].map(toQuantity),
      blobGasUsedRatio: blocks.map(({ header }) =>
        ratio(header.blobGasUsed ?? 0n, BigInt(blobScheduleOf(chain.hardfork)?.max ?? 1) * gasPerBlob),
      ),
      ...(wanted === undefined ? {} : { reward }),
    };
  },
);

/** Tips at the wanted percentiles of the block's gas. */
function rewardsOf(block: Block, receipts: readonly Receipt[], wanted: readonly number[]): string[] {
  const paid = receipts.map((receipt) => ({ tip: tipOf(receipt, block), gas: receipt.gasUsed }));
  paid.sort((left, right) => (left.tip < right.tip ? -1 : left.tip > right.tip ? 1 : 0));
  return wanted.map((percentile) => {
    const threshold = (Number(block.header.gasUsed) * percentile) / 100;
    let sum = 0;
    const found = paid.find(({ gas }) => (sum += Number(gas)) >= threshold);
    return toQuantity(found?.tip ?? 0n);
  });
}

function blobFeeOf(chain: Chain, block: Block): bigint {
  const schedule = blobScheduleOf(chain.hardfork);
  const excess = block.header.excessBlobGas;
  return schedule === undefined || excess === undefined ? 0n : blobBaseFee(excess, schedule);
}

function ratio(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number(part) / Number(whole);
}

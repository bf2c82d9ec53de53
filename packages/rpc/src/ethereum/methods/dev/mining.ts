/** evm_mine, *_mine, *_setAutomine, *_getAutomine, *_setIntervalMining, *_getIntervalMining: when blocks come. */
import { invalidParameter } from "../../../json-rpc/rpc-error.ts";
import { optional, required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { flag, looseQuantity } from "../../parameters/scalar.ts";
import { field, object } from "../../parameters/structure.ts";
import { devMethod, type DevServices } from "./dev-method.ts";

/** A time for the block, or ganache's object. */
const mineOptions: Parser<{ readonly blocks: bigint; readonly timestamp: bigint | undefined }> = (value, path) => {
  if (typeof value !== "object") return { blocks: 1n, timestamp: looseQuantity(64)(value, path) };
  const fields = object(value, path);
  return {
    blocks: field(fields, "blocks", looseQuantity(64), path) ?? 1n,
    timestamp: field(fields, "timestamp", looseQuantity(64), path),
  };
};

/** Mines one block, at a time if one is given; gives "0x0", as ganache does. */
export const evmMine = devMethod(
  [optional("timestampOrOptions", mineOptions, { blocks: 1n, timestamp: undefined })],
  async (services, [{ blocks, timestamp }]) => {
    if (timestamp !== undefined) services.dev.setNextBlockTimestamp(timestamp);
    await mineBlocks(services, blocks, undefined);
    return "0x0";
  },
);

/** Mines blocks, so many seconds apart. */
export const mine = devMethod(
  [optional("blocks", looseQuantity(64), 1n), optional("interval", looseQuantity(64), undefined)],
  async (services, [blocks, interval]) => {
    // Tools send 0 where they were not told an interval.
    await mineBlocks(services, blocks, interval === 0n ? undefined : interval);
  },
);

/** A block for every transaction, or none unless asked. */
export const setAutomine = devMethod([required("enabled", flag)], ({ dev }, [enabled]) => {
  if (enabled) dev.setMining({ kind: "auto" });
  else if (dev.getMining().kind === "auto") dev.setMining({ kind: "manual" });
});

/** Whether every transaction gets a block at once. */
export const getAutomine = devMethod([], ({ dev }) => dev.getMining().kind === "auto");

/** A block every so many seconds; 0 ends that. */
export const setIntervalMining = devMethod([required("seconds", looseQuantity(31))], ({ dev }, [seconds]) => {
  if (seconds > 0n) dev.setMining({ kind: "interval", milliseconds: Number(seconds) * 1_000 });
  else if (dev.getMining().kind === "interval") dev.setMining({ kind: "manual" });
});

/** Seconds between blocks; null when they do not come by the clock. */
export const getIntervalMining = devMethod([], ({ dev }) => {
  const mining = dev.getMining();
  return mining.kind === "interval" ? mining.milliseconds / 1_000 : null;
});

async function mineBlocks({ dev, limits }: DevServices, blocks: bigint, interval: bigint | undefined): Promise<void> {
  if (blocks > BigInt(limits.minedBlocks))
    throw invalidParameter("params[0] (blocks)", `at most ${limits.minedBlocks} blocks in one call`, blocks);
  if (blocks > 0n) await dev.mine(Number(blocks), interval);
}

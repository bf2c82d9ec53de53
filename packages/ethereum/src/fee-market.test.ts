import { describe, expect, test } from "vitest";
import {
  blobBaseFee,
  blobParameterForks,
  blobScheduleOf,
  gasPerBlob,
  nextBaseFee,
  nextExcessBlobGas,
  type BlobSchedule,
} from "./fee-market.ts";

const gwei = 10n ** 9n;
const cancun = blobScheduleOf("cancun") as BlobSchedule;
const osaka = blobScheduleOf("osaka") as BlobSchedule;

describe("base fee (EIP-1559)", () => {
  test.each([
    ["stays at the target", 15_000_000n, gwei, gwei],
    ["rises by an eighth when full", 30_000_000n, gwei, 1_125_000_000n],
    ["falls by an eighth when empty", 0n, gwei, 875_000_000n],
    ["rises by at least 1 wei", 15_000_001n, 7n, 8n],
    ["falls by nothing below 8 wei", 0n, 7n, 7n],
    ["EIP's own rounding", 20_000_000n, 1_049_238_967n, 1_092_957_257n],
  ])("%s", (_, gasUsed, baseFeePerGas, next) => {
    expect(nextBaseFee({ gasUsed, gasLimit: 30_000_000n, baseFeePerGas })).toBe(next);
  });

  test("mainnet's 15537394 follows from 15537393", () => {
    expect(nextBaseFee({ gasUsed: 29_991_429n, gasLimit: 30_000_000n, baseFeePerGas: 43_391_016_710n })).toBe(48_811_794_595n);
  });
});

describe("blob base fee", () => {
  // Price as EIP-4844 defines it: e^(excess / fraction), cut to an integer.
  test.each([0n, 393_216n, 2_314_058n, 10n * 1024n * 1024n, 100_000_000n])("at excess %s", (excess) => {
    const exact = Math.exp(Number(excess) / Number(cancun.baseFeeUpdateFraction));
    const price = Number(blobBaseFee(excess, cancun));
    expect(price).toBeGreaterThanOrEqual(1);
    expect(Math.abs(price - Math.floor(exact))).toBeLessThanOrEqual(1 + exact * 1e-9);
  });

  test("doubles at EIP-4844's own point", () => {
    expect([blobBaseFee(2_314_057n, cancun), blobBaseFee(2_314_058n, cancun)]).toEqual([1n, 2n]);
  });

  test("excess grows by what was used beyond the target", () => {
    const parent = (excessBlobGas: bigint, blobs: bigint) => ({ excessBlobGas, blobGasUsed: blobs * gasPerBlob, baseFeePerGas: 7n });
    expect(nextExcessBlobGas(parent(0n, 2n), "cancun", cancun)).toBe(0n);
    expect(nextExcessBlobGas(parent(0n, 3n), "cancun", cancun)).toBe(0n);
    expect(nextExcessBlobGas(parent(gasPerBlob, 6n), "cancun", cancun)).toBe(4n * gasPerBlob);
    expect(nextExcessBlobGas(parent(gasPerBlob, 6n), "prague", osaka)).toBe(gasPerBlob);
  });

  test("EIP-7918: dear execution keeps the excess from falling", () => {
    const parent = { excessBlobGas: 10n * gasPerBlob, blobGasUsed: 3n * gasPerBlob };
    expect(nextExcessBlobGas({ ...parent, baseFeePerGas: 1n }, "osaka", osaka)).toBe(7n * gasPerBlob);
    expect(nextExcessBlobGas({ ...parent, baseFeePerGas: 17n }, "osaka", osaka)).toBe(11n * gasPerBlob);
    expect(nextExcessBlobGas({ ...parent, baseFeePerGas: 17n }, "prague", osaka)).toBe(7n * gasPerBlob);
  });

  test("schedules by fork", () => {
    expect(["paris", "cancun", "prague", "osaka"].map((fork) => blobScheduleOf(fork as "paris")?.max)).toEqual([undefined, 6, 9, 9]);
    expect(blobParameterForks.bpo2.max).toBe(21);
  });
});

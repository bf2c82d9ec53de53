import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesToHex, equalBytes, hexToBytes, isTriremeError, zeroAddress, zeroHash } from "@trireme/core";
import { conformanceDirectory } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { decodeBlock, encodeBlock, type EncodedBlock } from "./block-codec.ts";
import { decodeHeader, emptyOmmersHash, encodeHeader, hashHeader, type BlockHeader } from "./block-header.ts";
import { decodeTransaction } from "./decode-transaction.ts";
import { blobParameterForks, blobScheduleOf, nextBaseFee, nextExcessBlobGas, type BlobSchedule } from "./fee-market.ts";

const folder = conformanceDirectory("rpc/ethereum") ?? "missing";
const chainFile = join(folder, "chain.rlp");
const genesisFile = join(folder, "genesis.json");
const hasChain = existsSync(chainFile) && existsSync(genesisFile);
if (!hasChain) console.log("SKIPPED execution-apis chain: rpc/ethereum/chain.rlp is missing");

const header: BlockHeader = {
  parentHash: zeroHash,
  ommersHash: emptyOmmersHash,
  coinbase: zeroAddress,
  stateRoot: zeroHash,
  transactionsRoot: zeroHash,
  receiptsRoot: zeroHash,
  logsBloom: new Uint8Array(256),
  difficulty: 0n,
  number: 1n,
  gasLimit: 30_000_000n,
  gasUsed: 0n,
  timestamp: 12n,
  extraData: new Uint8Array(0),
  prevRandao: new Uint8Array(32),
  nonce: new Uint8Array(8),
  baseFeePerGas: 7n,
  withdrawalsRoot: undefined,
  blobGasUsed: undefined,
  excessBlobGas: undefined,
  parentBeaconBlockRoot: undefined,
  requestsHash: undefined,
};
const shanghai = { ...header, withdrawalsRoot: zeroHash };
const cancun = { ...shanghai, blobGasUsed: 0n, excessBlobGas: 131_072n, parentBeaconBlockRoot: zeroHash };
const prague = { ...cancun, requestsHash: zeroHash };

describe("headers", () => {
  test.each([
    ["London", header],
    ["Shanghai", shanghai],
    ["Cancun", cancun],
    ["Prague", prague],
  ])("%s", (_, value) => {
    expect(decodeHeader(encodeHeader(value))).toEqual(value);
  });

  test("a gap in the fields is refused", () => {
    expect(() => encodeHeader({ ...header, requestsHash: zeroHash })).toThrow(/gap/);
    expect(() => decodeHeader(hexToBytes("0xc0"))).toThrow(/fields, got 0/);
  });
});

test("the ommers hash of a block without ommers", () => {
  expect(bytesToHex(emptyOmmersHash)).toBe("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");
});

/** The blocks of the file from the first on after which all are ours to read. */
function readChain(): readonly { readonly bytes: Uint8Array; readonly block: EncodedBlock }[] {
  const file = new Uint8Array(readFileSync(chainFile));
  const blocks: { bytes: Uint8Array; block: EncodedBlock }[] = [];
  for (let at = 0; at < file.length;) {
    const lengthBytes = (file[at] as number) - 0xf7;
    let length = 0;
    for (let index = 1; index <= lengthBytes; index++) length = length * 256 + (file[at + index] as number);
    const bytes = file.slice(at, at + 1 + lengthBytes + length);
    at += bytes.length;
    try {
      blocks.push({ bytes, block: decodeBlock(bytes) });
    } catch (error) {
      // Before London a header has 15 fields, before Paris a block may have ommers: only what follows is ours.
      if (!isTriremeError(error) || !(error.code === "NOT_SUPPORTED" || error.message.endsWith("got 15"))) throw error;
      blocks.length = 0;
    }
  }
  return blocks;
}

describe.skipIf(!hasChain)("execution-apis' chain of every fork", () => {
  const chain = hasChain ? readChain() : [];
  const { config } = (hasChain ? JSON.parse(readFileSync(genesisFile, "utf8")) : { config: {} }) as { config: Record<string, number> };

  test("blocks encode to the bytes they came from, and headers hash to what the next one names", () => {
    expect(chain.length).toBeGreaterThanOrEqual(20);
    chain.forEach(({ bytes, block }, index) => {
      expect(encodeBlock(block)).toEqual(bytes);
      const next = chain[index + 1]?.block.header;
      expect(next === undefined || equalBytes(next.parentHash, hashHeader(block.header))).toBe(true);
    });
  });

  test("every transaction decodes, and all types are there", () => {
    const types = new Set<number>();
    for (const { block } of chain) {
      for (const raw of block.transactions) {
        const decoded = decodeTransaction(raw, { chainId: BigInt(config["chainId"] as number) });
        expect(decoded).toMatchObject({ kind: "decoded" });
        if (decoded.kind === "decoded") types.add(decoded.transaction.type);
      }
    }
    expect([...types].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test("base fee and excess blob gas follow from the parent", () => {
    const scheduleAt = ({ timestamp }: BlockHeader): readonly ["cancun" | "prague" | "osaka", BlobSchedule] => {
      if (timestamp >= BigInt(config["bpo2Time"] as number)) return ["osaka", blobParameterForks.bpo2];
      if (timestamp >= BigInt(config["bpo1Time"] as number)) return ["osaka", blobParameterForks.bpo1];
      const fork =
        timestamp >= BigInt(config["osakaTime"] as number)
          ? "osaka"
          : timestamp >= BigInt(config["pragueTime"] as number)
            ? "prague"
            : "cancun";
      return [fork, blobScheduleOf(fork) as BlobSchedule];
    };
    chain.slice(1).forEach(({ block }, index) => {
      const parent = (chain[index] as (typeof chain)[number]).block.header;
      expect(block.header.baseFeePerGas).toBe(nextBaseFee(parent));
      const excess = block.header.excessBlobGas === undefined ? undefined : nextExcessBlobGas(parent, ...scheduleAt(block.header));
      expect(block.header.excessBlobGas).toBe(excess);
    });
  });
});

test("no bytes but a block's decode to a block", () => {
  const bytes = encodeBlock({ header: prague, transactions: [], withdrawals: [] });
  expect(decodeBlock(bytes)).toEqual({ header: prague, transactions: [], withdrawals: [] });
  for (let length = 0; length < bytes.length; length++) expect(() => decodeBlock(bytes.slice(0, length))).toThrow(/expected/);
});

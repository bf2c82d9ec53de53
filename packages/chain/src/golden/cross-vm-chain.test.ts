import { readFileSync, writeFileSync } from "node:fs";
import { bytesToBigint, bytesToHex, weiPerLamport } from "@trireme/core";
import { createMemoryDatabase } from "@trireme/state";
import { expect, it } from "vitest";
import type { ChainTracer } from "../chain.ts";
import { word } from "../chain-fixture.mts";
import { replayChain } from "../replay/replay-chain.ts";
import { contracts, crossVmDefinition, playCrossVmChain, svmCount } from "./cross-vm-chain.mts";

// Written anew with: TRIREME_UPDATE_GOLDEN=1 npx vitest run packages/chain/src/golden
// A change of this file is a change of consensus: whoever makes one says in the commit which rule changed.
const path = new URL("cross-vm-chain.json", import.meta.url);

/** The frames of a transaction by their VMs: `evm(wasm(svm))`; `!` stands behind what reverted, `?` behind what was halted. */
function createShape(): { readonly tracer: ChainTracer; text(): string } {
  let text = "";
  let depth = 0;
  const tracer: ChainTracer = {
    wantsSteps: false,
    wantsMemory: false,
    enter(_, environment) {
      text += `${depth++ === 0 && text !== "" ? " " : ""}${environment ?? "transfer"}(`;
    },
    exit({ kind }) {
      depth--;
      text += kind === "success" ? ")" : kind === "revert" ? ")!" : ")?";
    },
    log: () => {},
    step: () => {},
    selfDestruct: () => {},
  };
  return { tracer, text: () => text.replaceAll("()", "") };
}

it("has the roots that are committed, block by block, went the ways that it is for, and replays", async () => {
  const database = createMemoryDatabase();
  const chain = await playCrossVmChain(database);
  const blocks = [];
  const outcomes: string[] = [];
  for (let number = 0n; number <= chain.head.header.number; number++) {
    const record = database.getBlock(number);
    if (record === undefined) throw new Error(`expected block ${number}`);
    const receipts = (await chain.getReceipts(number)) ?? [];
    const shapes = receipts.map(createShape);
    await chain.traceBlock(number, (_, index) => (shapes[index] as (typeof shapes)[number]).tracer);
    const transactions = receipts.map(({ gasUsed }, index) => `${gasUsed} ${shapes[index]?.text() ?? ""}`);
    blocks.push({ hash: bytesToHex(record.hash), stateRoot: bytesToHex(record.stateRoot), transactions });
    outcomes.push(receipts.map(({ succeeded }) => (succeeded ? "+" : "-")).join(""));
  }
  expect(outcomes).toEqual(["", "+++", "+++", "+++", "+++", "+-+-", "+++-+", "-+"]);
  const state = await chain.stateAt("latest");
  const slot = (address: (typeof contracts)[keyof typeof contracts]): bigint =>
    bytesToBigint(state?.getStorageAt(address, word(0n)) ?? word(0n));
  // Directions, and wallets of Solana; what failed has counted nothing.
  expect([slot(contracts.evmCounter), slot(contracts.wasmCounter)]).toEqual([4n, 4n]);
  expect(state?.getAccount(contracts.evmCounter)?.balance).toBe(5n * weiPerLamport + 3n);
  expect(state?.getDataPage(svmCount, 0)).toEqual(Uint8Array.of(6));
  if (process.env["TRIREME_UPDATE_GOLDEN"] !== undefined) writeFileSync(path, `${JSON.stringify(blocks, undefined, 2)}\n`);
  expect(blocks).toEqual(JSON.parse(readFileSync(path, "utf8")));
  expect(await replayChain(crossVmDefinition, database)).toEqual({ blocks: 8, difference: undefined });
  await chain.close();
});

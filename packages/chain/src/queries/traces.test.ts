import { createAddress, hexToBytes, type Tracer } from "@trireme/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Chain } from "../chain.ts";
import { alice, bob, counterCode, createTestChain, hex, initCodeFor, signed, submitted } from "../chain-fixture.mts";

const counter = createAddress(alice.address, 0n);
let chain: Chain;

beforeAll(async () => {
  chain = await createTestChain({ mining: { kind: "manual" } });
  await submitted(chain, signed(alice, { data: initCodeFor(counterCode) }));
  await chain.dev?.mine();
  for (const nonce of [1n, 2n, 3n]) await submitted(chain, signed(alice, { nonce, to: counter, gasLimit: 100_000n }));
  await submitted(chain, signed(bob, { to: counter, gasLimit: 100_000n, data: Uint8Array.of(7) }));
  await chain.dev?.mine();
});
afterAll(() => chain.close());

/** Notes kinds of events, and the values that were logged. */
function noting(wantsSteps: boolean): { readonly tracer: Tracer; readonly seen: string[] } {
  const seen: string[] = [];
  let steps = 0;
  const tracer: Tracer = {
    wantsSteps,
    wantsMemory: false,
    enter: ({ kind }) => void seen.push(kind),
    exit: ({ kind }) => void seen.push(kind, ...(wantsSteps ? [String(steps > 0)] : [])),
    log: ({ data }) => void seen.push(hex(data)?.slice(-2) ?? ""),
    step: () => void steps++,
    selfDestruct: () => {},
  };
  return { tracer, seen };
}

it("runs a transaction again on what the ones before it left", async () => {
  const { transactions } = chain.head;
  for (const wantsSteps of [false, true]) {
    const { tracer, seen } = noting(wantsSteps);
    const outcome = await chain.traceTransaction(transactions[1]?.hash ?? chain.head.hash, tracer);
    expect(outcome).toMatchObject({ result: { kind: "success" }, gasUsed: (await chain.getReceipts("latest"))?.[1]?.gasUsed });
    expect(seen).toEqual(["call", "02", "success", ...(wantsSteps ? ["true"] : [])]);
  }
  expect(await chain.traceTransaction(chain.head.hash, noting(false).tracer)).toBeUndefined();
});

it("runs a whole block again, each transaction under its own tracer", async () => {
  const notes = chain.head.transactions.map(() => noting(false));
  const outcomes = await chain.traceBlock("latest", (_, index) => (notes[index] as (typeof notes)[number]).tracer);
  expect(outcomes?.map(({ result }) => result.kind)).toEqual(["success", "success", "success", "revert"]);
  expect(outcomes?.map(({ gasUsed }) => gasUsed)).toEqual((await chain.getReceipts("latest"))?.map(({ gasUsed }) => gasUsed));
  expect(notes.map(({ seen }) => seen)).toEqual([
    ["call", "01", "success"],
    ["call", "02", "success"],
    ["call", "03", "success"],
    ["call", "revert"],
  ]);
  expect(await chain.traceBlock(9n, () => noting(false).tracer)).toBeUndefined();
  expect(await chain.traceBlock(0n, () => noting(false).tracer)).toEqual([]);
});

it("keeps no more of what calls carry than memory bears", async () => {
  // Calls an empty account for as long as there is gas, each time with a megabyte of input: 100 gas and a megabyte of trace.
  const stateOverrides = [[bob.address, { code: hexToBytes("0x5b5f5f621000005f60995afa505f56") }]] as const;
  const call = { to: bob.address, gas: 2_240_000n };
  await expect(chain.call(call, { stateOverrides, tracer: noting(false).tracer })).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
    message: expect.stringContaining("67108864 bytes"),
  });
  expect((await chain.call(call, { stateOverrides })).result).toMatchObject({ kind: "halt", reason: "outOfGas" });
});

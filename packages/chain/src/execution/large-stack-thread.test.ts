import { addressFromBytes, concatBytes, equalBytes, type Tracer } from "@trireme/core";
import { evm } from "@trireme/evm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Chain, TouchedAccount } from "../chain.ts";
import { alice, createTestChain, ether, refusal, signed, submitted } from "../chain-fixture.mts";
import { recursing, recursingInput, recursingPrefix } from "./recursing-environment.mts";

const deep = addressFromBytes(new Uint8Array(20).fill(0xdd));
const genesis = {
  accounts: [
    { address: alice.address, balance: ether },
    { address: deep, code: concatBytes(recursingPrefix, Uint8Array.of(1)) },
  ],
};
/** Too deep for a default stack, not for the large one; then too deep for both; then for neither. */
const [nested, hopeless, flat] = [recursingInput(1000, 1), recursingInput(1000, 60), recursingInput(1, 1)].map((data) => ({
  to: deep,
  data,
  gasLimit: 1_000_000n,
})) as [Transfer, Transfer, Transfer];
type Transfer = { readonly to: typeof deep; readonly data: Uint8Array; readonly gasLimit: bigint };

let chain: Chain;
beforeAll(async () => {
  chain = await createTestChain({ environments: [evm(), recursing()], genesis });
});
afterAll(() => chain.close());

it("cannot run it where no other thread can make the environment", async () => {
  const { id, create } = recursing();
  const single = await createTestChain({ environments: [evm(), { id, create }], genesis });
  expect(await refusal(single, signed(alice, nested))).toBe("hostFault");
  await single.close();
});

it("drops it where the other thread cannot be set up, and goes on", async () => {
  const broken = { ...recursing(), source: { module: "no-such-module", name: "recursing", options: undefined } };
  const single = await createTestChain({ environments: [evm(), broken], genesis });
  expect(await refusal(single, signed(alice, nested))).toBe("hostFault");
  expect(await refusal(single, signed(alice, flat))).toBe("accepted");
  await single.close();
});

it("runs what overflows this thread's stack again on one with a larger stack", async () => {
  const hash = await submitted(chain, signed(alice, nested));
  expect(await chain.getReceipt(hash)).toMatchObject({ succeeded: true, blockNumber: 1n });

  const request = { from: alice.address, to: deep, data: nested.data };
  expect((await chain.call(request)).result).toMatchObject({ kind: "success", output: recursingInput(0, 1) });
  expect(await chain.call(request, { block: 0n })).toMatchObject({ result: { kind: "success" } });
  expect(await chain.estimateGas(request)).toMatchObject({ kind: "estimated" });

  const seen: string[] = [];
  const note = (name: string) => () => void seen.push(name);
  const tracer: Tracer = {
    wantsSteps: false,
    wantsMemory: false,
    enter: note("enter"),
    exit: note("exit"),
    log: note("log"),
    step: note("step"),
    selfDestruct: note("selfDestruct"),
  };
  expect(await chain.traceTransaction(hash, tracer)).toMatchObject({ result: { kind: "success" } });
  const traced = await chain.traceBlock(1n, () => ({ ...tracer, enter: note("again"), exit: () => {} }));
  expect(traced?.map(({ result }) => result.kind)).toEqual(["success"]);
  expect(seen.splice(2002)).toEqual(Array.from({ length: 1001 }, () => "again"));
  // Once: of the run that overflowed the tracer hears nothing.
  expect(seen).toEqual([...Array.from({ length: 1001 }, () => "enter"), ...Array.from({ length: 1001 }, () => "exit")]);

  const touched: TouchedAccount[] = [];
  await chain.traceTransaction(hash, { ...tracer, wantsTouches: true, touched: (accounts) => void touched.push(...accounts) });
  const sender = touched.filter(({ address }) => equalBytes(address, alice.address));
  expect(sender).toMatchObject([{ before: { balance: ether, nonce: 0n }, after: { nonce: 1n }, isDestroyed: false, slots: [] }]);
  expect(touched.filter(({ address }) => equalBytes(address, deep))).toHaveLength(1);

  const [simulated] = await chain.simulate([{ calls: [request] }]);
  expect(simulated?.calls).toMatchObject([{ result: { kind: "success", output: recursingInput(0, 1) } }]);
});

it("drops a transaction that overflows the larger stack too, and goes on", async () => {
  const { number } = chain.head.header;
  expect(await refusal(chain, signed(alice, { ...hopeless, nonce: 1n }))).toBe("hostFault");
  expect(chain.mempool.pending).toEqual([]);
  expect(chain.head.header.number).toBe(number);
  expect(await refusal(chain, signed(alice, { ...flat, nonce: 1n }))).toBe("accepted");
  expect(chain.head.header.number).toBe(number + 1n);
});

// The end of the machine's stack is a fault wherever it is met, never an outcome: an environment may take an overflow for a bad input.
import { addressFromBytes, emptyBytes, isStackOverflow, type Address, type ExecutionEnvironment } from "@trireme/core";
import { createFlatReader, createJournal } from "@trireme/state";
import { testBlock, testTransaction } from "@trireme/testing";
import { expect, it } from "vitest";
import { createHost } from "./create-host.ts";

const address = (byte: number): Address => addressFromBytes(new Uint8Array(20).fill(byte));
const [wallet, deep, careless] = [1, 2, 3].map(address) as [Address, Address, Address];
const [right, wrong] = [Uint8Array.of(1), Uint8Array.of(0)];
const success = (gasLeft: bigint, output: Uint8Array) => ({ kind: "success", gasLeft, gasRefund: 0n, output }) as const;

/** Some frames of its own, as a library has. */
const nest = (frames: number): number => (frames === 0 ? 0 : 1 + nest(frames - 1));

/** Takes whatever its library throws for an input that is wrong. */
const carelessEnvironment: ExecutionEnvironment = {
  id: "careless",
  claims: { kind: "prefix", prefix: Uint8Array.of(0xef, 0xc0) },
  execute: (message) => {
    try {
      nest(200);
      return success(message.kind === "call" ? message.gas : 0n, right);
    } catch {
      return success(0n, wrong);
    }
  },
};

/** Calls the careless one from as far down the stack as it is told. */
const deepEnvironment = (depth: () => number): ExecutionEnvironment => ({
  id: "deep",
  claims: { kind: "prefix", prefix: Uint8Array.of(0xef, 0xd0) },
  execute: (message, host) => {
    if (message.kind !== "call") return { kind: "halt", reason: "invalidCode" };
    const inner = { ...message, sender: deep, recipient: careless, codeAddress: careless, depth: message.depth + 1 };
    const descend = (left: number): ReturnType<typeof host.call> => (left === 0 ? host.call(inner) : descend(left - 1));
    return descend(depth());
  },
});

it("is no outcome of a frame that an environment enters near it", () => {
  let depth = 0;
  const journal = createJournal(createFlatReader(() => undefined));
  journal.beginTransaction();
  journal.setCode(deep, Uint8Array.of(0xef, 0xd0));
  journal.setCode(careless, Uint8Array.of(0xef, 0xc0));
  const run = (): string => {
    const host = createHost({
      journal,
      environments: [deepEnvironment(() => depth), carelessEnvironment],
      block: testBlock,
      transaction: testTransaction,
    });
    const message = {
      kind: "call",
      scheme: "call",
      sender: wallet,
      recipient: deep,
      codeAddress: deep,
      value: 0n,
      input: emptyBytes,
    } as const;
    try {
      const result = host.call({ ...message, gas: 1_000n, depth: 0, isStatic: false });
      return result.kind === "success" ? `success ${result.output.join()}` : result.kind;
    } catch (error) {
      return isStackOverflow(error) ? "overflow" : String(error);
    }
  };
  const seen = new Map<string, number>();
  for (depth = 0; (seen.get("overflow") ?? 0) < 400; depth += 25) {
    const outcome = run();
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
  }
  expect([...seen.keys()].toSorted()).toEqual(["overflow", "success 1"]);
});

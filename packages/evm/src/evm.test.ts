import { bytesToBigint, outputOf, toPubkey, type Address, type EnvironmentDescriptor } from "@trireme/core";
import { testBlock, assembleEvm, evmDeployment, destination, returnTop, type EvmPart } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { evm } from "./evm.ts";
import { alice, callOf, createHost, createOf, deploy, evm as environment, other, target, word } from "./test/machine.ts";

test("another thread makes the same EVM from its source", async () => {
  const { id, source } = evm();
  if (source === undefined) throw new Error("expected a source");
  expect(structuredClone(source)).toEqual(source);
  const module = (await import(source.module)) as Readonly<Record<string, (options: unknown) => EnvironmentDescriptor>>;
  const made = module[source.name]?.(source.options);
  expect(made).toMatchObject({ id, source });
  expect(made?.create()).toMatchObject({ id: "evm", claims: { kind: "default" } });
});

test("an SVM instruction is no message for it", () => {
  const pubkey = toPubkey(target);
  const instruction = { kind: "instruction", program: pubkey, accounts: [], data: new Uint8Array(0), stackHeight: 1 } as const;
  const result = environment.execute({ ...instruction, sender: alice, gas: 1n, depth: 0, isStatic: false }, createHost());
  expect(result).toMatchObject({ kind: "halt", reason: "invalidCode" });
});

describe("memory is part of the transaction's budget", () => {
  const fill = (bytes: number): EvmPart[] => [1, bytes - 32, "MSTORE"];
  const call = (to: Address): EvmPart[] => [0, 0, 0, 0, 0, to, "GAS", "CALL"];

  test("a frame that has ended gives its memory back", () => {
    const host = createHost({ memoryBudget: 100_000 });
    deploy(host, other, ...fill(64_000));
    deploy(host, target, ...call(other), ...call(other), "ADD", ...returnTop);
    expect(outputOf(host.call(callOf()))).toEqual(word(2));
    deploy(host, other, ...fill(64_000), 0, 0, "REVERT");
    deploy(host, target, ...call(other), "POP", ...fill(64_000), "MSIZE", ...returnTop);
    expect(bytesToBigint(outputOf(host.call(callOf())))).toBe(64_000n);
  });

  test("a frame that is suspended keeps it", () => {
    const host = createHost({ memoryBudget: 100_000 });
    deploy(host, other, ...fill(64_000));
    deploy(host, target, ...fill(64_000), ...call(other), ...returnTop);
    expect(outputOf(host.call(callOf()))).toEqual(word(0));
  });
});

describe("what is remembered of a code", () => {
  const answering = (answer: number): EvmPart[] => [{ offsetOf: "end" }, "JUMP", "INVALID", ...destination("end"), answer, ...returnTop];

  test("belongs to the code, not to its address", () => {
    const host = createHost();
    for (const answer of [1, 2, 1]) {
      // The jump goes elsewhere each time.
      deploy(host, target, ...Array.from({ length: answer * 3 }, () => ["ADDRESS", "POP"] as const).flat(), ...answering(answer));
      expect(outputOf(host.call(callOf()))).toEqual(word(answer));
    }
  });

  test("belongs to a hardfork", () => {
    const code = assembleEvm({ offsetOf: "end" }, "JUMP", ...destination("end"), "PUSH0", ...returnTop);
    for (const [hardfork, kind] of [
      ["osaka", "success"],
      ["london", "halt"],
      ["osaka", "success"],
      ["paris", "halt"],
    ] as const) {
      const host = createHost({ block: { ...testBlock, hardfork } });
      host.setCode(target, code);
      expect(host.call(callOf())).toMatchObject({ kind });
    }
  });

  test("is not made for init code, which may jump as well", () => {
    const runtime = assembleEvm(...answering(5));
    const init = assembleEvm({ offsetOf: "end" }, "JUMP", ...destination("end"), 1, 1, "SSTORE");
    expect(createHost().call(createOf(init))).toMatchObject({ kind: "success" });
    const host = createHost();
    host.call(createOf(evmDeployment(runtime)));
    expect(outputOf(host.call(callOf()))).toEqual(word(5));
  });

  test("is forgotten for the codes that ran longest ago, and found out again", () => {
    const host = createHost();
    for (const round of [1, 2]) {
      for (let answer = 0; answer < 80; answer++) {
        deploy(host, target, ...answering(answer));
        expect(outputOf(host.call(callOf())), `round ${round}`).toEqual(word(answer));
      }
    }
  });
});

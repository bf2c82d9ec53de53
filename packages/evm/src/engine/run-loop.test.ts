import { assembleEvm, destination, type EvmPart } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { onBoth, type Seen } from "../test/engine-pair.ts";
import { callOf, other, target } from "../test/machine.ts";

/** The code in the account of the recipient, run on both loops; what they do is the same. */
function run(parts: readonly EvmPart[], gas = 1_000_000n, isTraced = true): Seen {
  const [ours, theirs] = onBoth(callOf({ gas, input: new Uint8Array(40).fill(7) }), (host) => host.setCode(target, assembleEvm(...parts)), {
    isTraced,
  });
  expect(ours.result).toEqual(theirs.result);
  expect(ours.steps).toEqual(theirs.steps);
  expect(ours.host.snapshot()).toEqual(theirs.host.snapshot());
  return ours;
}
const code = (...bytes: readonly number[]): EvmPart => ({ code: Uint8Array.from(bytes) });
const last = ({ steps }: Seen): string => steps.at(-2) as string;

describe("the end of the code", () => {
  test("code runs off its end, with no instruction at all even", () => {
    expect(run([1, 2, "ADD"]).result).toMatchObject({ kind: "success", gasLeft: 999_991n });
    expect(run(["JUMPDEST"]).steps).toHaveLength(3);
  });

  test.each([1, 2, 32])("a push of %i bytes that lacks its data pushes zeros, before the code is analysed and after", (length) => {
    const push = code(0x5f + length, ...Array.from({ length: length - 1 }, () => 0xff));
    expect(run([push]).result).toMatchObject({ kind: "success", gasLeft: 999_997n });
    const jump: readonly EvmPart[] = [{ offsetOf: "end" }, "JUMP", ...destination("end")];
    expect(run([...jump, push]).result).toMatchObject({ kind: "success" });
  });
});

describe("jumps", () => {
  test("into the data of a push, out of the code, and beyond every number", () => {
    // 0x5b is the data of the push at 3.
    for (const to of [code(0x60, 4), code(0x60, 200), code(0x7f, ...Array.from({ length: 32 }, () => 0xff))]) {
      expect(run([to, "JUMP", code(0x60, 0x5b), "STOP"]).result).toMatchObject({ kind: "halt", reason: "invalidJump" });
    }
  });

  test("there and back: a counter, pushes before and after the analysis", () => {
    const loop: readonly EvmPart[] = [20, ...destination("top"), 1, "SWAP1", "SUB", "DUP1", { offsetOf: "top" }, "JUMPI", 0xabcdef];
    const { result, steps } = run(loop);
    expect(result).toMatchObject({ kind: "success" });
    expect(steps.filter((step) => step.includes(" JUMPI "))).toHaveLength(20);
  });
});

describe("instructions that end the frame", () => {
  test.each<[string, readonly EvmPart[], string]>([
    ["price that is more than the gas", [word256(), "MLOAD"], "MLOAD"],
    ["stack that is too short for the price", ["MSTORE"], "MSTORE"],
    ["return data that is not there", [1, 0, 0, "RETURNDATACOPY"], "RETURNDATACOPY"],
    ["stack that is too short for a price that comes later", ["BALANCE"], "BALANCE"],
    ["call that cannot be paid", [0, 0, 0, 0, 1, other, "GAS", "CALL"], "CALL"],
    ["instruction that is none", [code(0x0c)], "INVALID"],
    ["designated one", ["INVALID"], "INVALID"],
    ["stack that is too short", ["ADD"], "ADD"],
    ["jump to nowhere", [0, "JUMP"], "JUMP"],
    ["revert", [32, 0, "REVERT"], "REVERT"],
    ["stop", ["STOP"], "STOP"],
  ])("%s: shown once, as the engine shows it", (_name, parts, operation) => {
    const traced = run(parts, 30n);
    expect(last(traced)).toContain(` ${operation} `);
    expect(run(parts, 30n, false).result).toEqual(traced.result);
  });

  test("1,025 words on the stack", () => {
    expect(run(["JUMPDEST", 1, 0, "JUMP"]).result).toMatchObject({ kind: "halt", reason: "stackOverflow" });
  });
});

describe("gas", () => {
  test("is what it was for every instruction that looks at it, and to the unit where it ends", () => {
    const parts: readonly EvmPart[] = [
      1,
      "POP",
      "GAS",
      0,
      "MSTORE",
      1,
      2,
      "ADD",
      "POP",
      "GAS",
      32,
      "MSTORE",
      1,
      1,
      "SSTORE",
      "GAS",
      64,
      "MSTORE",
      96,
      0,
      "RETURN",
    ];
    for (let gas = 0n; gas < 90n; gas++) run(parts, gas, false);
    for (const gas of [2_400n, 22_000n, 22_163n, 22_164n, 22_165n, 30_000n]) run(parts, gas, false);
  });

  test("beyond what a number counts", () => {
    for (const gas of [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n + 11n]) {
      expect(run([1, 2, "ADD", "GAS", 0, "MSTORE", 32, 0, "RETURN"], gas).result).toMatchObject({ kind: "success", gasLeft: gas - 26n });
    }
  });
});

function word256(): EvmPart {
  return code(0x7f, ...Array.from({ length: 32 }, () => 0xff));
}

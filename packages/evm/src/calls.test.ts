import { bytesToBigint, concatBytes, outputOf, type Address } from "@trireme/core";
import { describe, expect, test } from "vitest";
import { returnReturnData, returnTop, evmStore, type EvmPart } from "@trireme/testing";
import { alice, callOf, createHost, deploy, other, target, word } from "./test/machine.ts";

/** Stores its caller, value and own address; gives back the three. */
const reporter: readonly EvmPart[] = [
  "CALLER",
  0,
  "MSTORE",
  "CALLVALUE",
  32,
  "MSTORE",
  "ADDRESS",
  64,
  "MSTORE",
  "CALLER",
  1,
  "SSTORE",
  96,
  0,
  "RETURN",
];
const call = (to: Address, value = 0): EvmPart[] => [0, 0, 0, 0, value, to, "GAS", "CALL"];

describe("the four calls", () => {
  test("CALL: the callee's account, the caller, the value", () => {
    const host = createHost();
    deploy(host, other, ...reporter);
    deploy(host, target, ...call(other, 3), "POP", ...returnReturnData);
    const result = host.call(callOf({ value: 10n }));
    expect(outputOf(result)).toEqual(concatBytes(word(bytesToBigint(target)), word(3), word(bytesToBigint(other))));
    expect([host.getBalance(target), host.getBalance(other)]).toEqual([7n, 3n]);
    expect(bytesToBigint(host.getStorage(other, word(1)))).toBe(bytesToBigint(target));
  });

  test("CALLCODE: the caller's account, itself as the caller", () => {
    const host = createHost();
    deploy(host, other, ...reporter);
    deploy(host, target, 0, 0, 0, 0, 3, other, "GAS", "CALLCODE", "POP", ...returnReturnData);
    const result = host.call(callOf({ value: 10n }));
    expect(outputOf(result)).toEqual(concatBytes(word(bytesToBigint(target)), word(3), word(bytesToBigint(target))));
    expect([host.getBalance(target), host.getBalance(other)]).toEqual([10n, 0n]);
    expect(bytesToBigint(host.getStorage(target, word(1)))).toBe(bytesToBigint(target));
  });

  test("DELEGATECALL: the caller's account, its caller and its value", () => {
    const host = createHost();
    deploy(host, other, ...reporter);
    deploy(host, target, 0, 0, 0, 0, other, "GAS", "DELEGATECALL", "POP", ...returnReturnData);
    const result = host.call(callOf({ value: 10n }));
    expect(outputOf(result)).toEqual(concatBytes(word(bytesToBigint(alice)), word(10), word(bytesToBigint(target))));
    expect(bytesToBigint(host.getStorage(target, word(1)))).toBe(bytesToBigint(alice));
  });

  test("STATICCALL: nothing below it may write", () => {
    const host = createHost();
    const third = other.slice().fill(3) as Address;
    deploy(host, third, 1, 1, "SSTORE");
    deploy(host, other, ...call(third), ...returnTop);
    deploy(host, target, 0, 0, 0, 0, other, "GAS", "STATICCALL", "POP", ...returnReturnData);
    expect(outputOf(host.call(callOf({ gas: 10_000_000n })))).toEqual(word(0));
    deploy(host, target, ...call(other), "POP", ...returnReturnData);
    expect(outputOf(host.call(callOf({ gas: 10_000_000n })))).toEqual(word(1));
  });
});

describe("what a failed callee leaves", () => {
  test("nothing but its data: storage, logs, transient storage, access and balance are undone", () => {
    const host = createHost();
    deploy(host, other, 1, 1, "SSTORE", 1, 1, "TSTORE", 0, 0, "LOG0", word(0xbad), 0, "MSTORE", 32, 0, "REVERT");
    deploy(host, target, 0, 0, "LOG0", ...call(other, 5), "POP", ...returnReturnData);
    expect(outputOf(host.call(callOf({ value: 5n })))).toEqual(word(0xbad));
    expect(host.logs.map(({ address }) => address)).toEqual([target]);
    expect(host.getBalance(other)).toBe(0n);
    expect(host.getStorage(other, word(1))).toEqual(word(0));
    expect(host.getTransientStorage(other, word(1))).toEqual(word(0));
    expect([host.isWarmAccount(other), host.isWarmStorage(other, word(1))]).toEqual([true, false]);
  });

  test("a halt takes the gas that was forwarded and gives no data", () => {
    const host = createHost();
    deploy(host, other, "INVALID");
    deploy(host, target, 0, 0, 0, 0, 0, other, 5_000, "CALL", "RETURNDATASIZE", "ADD", ...returnTop);
    const result = host.call(callOf());
    expect(outputOf(result)).toEqual(word(0));
    // Seven pushes, a cold account, what the callee burnt, and the end of the program.
    expect(result).toMatchObject({ gasLeft: 1_000_000n - 7n * 3n - 2_600n - 5_000n - 2n - 3n - 3n - 6n - 6n });
  });

  test("refunds of a callee that failed are not counted", () => {
    const host = createHost();
    host.setStorage(other, word(1), word(1));
    host.beginTransaction();
    deploy(host, other, 0, 1, "SSTORE", 0, "CALLDATASIZE", 8, "JUMPI");
    deploy(host, target, ...call(other));
    expect(host.call(callOf())).toMatchObject({ gasRefund: 4_800n });
    deploy(host, other, 0, 1, "SSTORE", "INVALID");
    host.beginTransaction();
    host.setStorage(other, word(1), word(1));
    host.beginTransaction();
    expect(host.call(callOf())).toMatchObject({ gasRefund: 0n });
  });
});

describe("calls that are refused", () => {
  test("more value than there is: the gas comes back, with the stipend", () => {
    const host = createHost();
    deploy(host, target, 0, 0, 0, 0, 5, other, 0, "CALL", "GAS", ...returnTop);
    const gasAfter = bytesToBigint(outputOf(host.call(callOf())));
    // Seven pushes, cold account, value, new account; the stipend of 2300 is a gift; GAS itself.
    expect(gasAfter).toBe(1_000_000n - 21n - 2_600n - 9_000n - 25_000n + 2_300n - 2n);
  });

  test("the frame below depth 1024", () => {
    const host = createHost();
    deploy(host, target, ...call(other), ...returnTop);
    deploy(host, other, "STOP");
    expect(outputOf(host.call(callOf({ depth: 1023 })))).toEqual(word(1));
    expect(outputOf(host.call(callOf({ depth: 1024 })))).toEqual(word(0));
    deploy(host, target, 0, 0, 0, "CREATE", ...returnTop);
    expect(bytesToBigint(outputOf(host.call(callOf({ depth: 1023 }))))).not.toBe(0n);
    expect(outputOf(host.call(callOf({ depth: 1024 })))).toEqual(word(0));
  });
});

test("a contract calls itself 1,024 deep within one engine", () => {
  const host = createHost();
  // Calls itself with all gas but a 64th, then counts itself.
  const recursion: EvmPart[] = [0, 0, 0, 0, 0, "ADDRESS", "GAS", "CALL", "POP"];
  deploy(host, target, ...recursion, 1, "SLOAD", 1, "ADD", 1, "SSTORE");
  // Depth 1024 needs gas: a 64th stays behind in every frame.
  expect(host.call(callOf({ gas: 10n ** 15n }))).toMatchObject({ kind: "success" });
  expect(host.getStorage(target, word(1))).toEqual(word(1_025));
});

describe("addresses without EVM code", () => {
  test("a wallet takes value and gives an empty success", () => {
    const host = createHost();
    deploy(host, target, ...call(other, 5), "RETURNDATASIZE", "ADD", ...returnTop);
    expect(outputOf(host.call(callOf({ value: 5n })))).toEqual(word(1));
    expect(host.getBalance(other)).toBe(5n);
  });

  test("a plain transfer needs no engine", () => {
    const host = createHost();
    expect(host.call(callOf({ recipient: other, codeAddress: other, value: 9n }))).toEqual({
      kind: "success",
      gasLeft: 1_000_000n,
      gasRefund: 0n,
      output: new Uint8Array(0),
    });
    expect(host.getBalance(other)).toBe(9n);
  });

  test("a delegation (EIP-7702) runs the target's code on the account", () => {
    const host = createHost();
    deploy(host, other, ...reporter);
    host.setCode(target, concatBytes(Uint8Array.of(0xef, 0x01, 0x00), other));
    expect(outputOf(host.call(callOf({ value: 1n })))).toEqual(
      concatBytes(word(bytesToBigint(alice)), word(1), word(bytesToBigint(target))),
    );
    const third = other.slice().fill(3) as Address;
    deploy(host, third, ...call(target, 0), "POP", ...returnReturnData);
    expect(outputOf(host.call(callOf({ recipient: third })))).toEqual(
      concatBytes(word(bytesToBigint(third)), word(0), word(bytesToBigint(target))),
    );
    // A delegation to nothing is a success without output, and its target is warm for a transaction's recipient.
    const nothing = other.slice().fill(9) as Address;
    host.setCode(target, concatBytes(Uint8Array.of(0xef, 0x01, 0x00), nothing));
    expect(host.call(callOf())).toMatchObject({ kind: "success", gasLeft: 1_000_000n });
    expect(host.isWarmAccount(nothing)).toBe(true);
  });
});

test("call data may lie in the caller's memory, and stays what it was", () => {
  const host = createHost();
  // The callee calls back; the caller then overwrites the memory that its call data lay in.
  deploy(host, other, 0, "CALLDATALOAD", 0, "MSTORE", 32, 0, "RETURN");
  deploy(host, target, ...evmStore(word(0x77)), 32, 0, 32, 0, 0, other, "GAS", "CALL", "POP", word(1), 0, "MSTORE", ...returnReturnData);
  expect(outputOf(host.call(callOf()))).toEqual(word(0x77));
});

import { bytesToBigint, hardforks, isAtLeast, keccak256, outputOf, type Hash } from "@trireme/core";
import { testBlock, assembleEvm, returnTop, type EvmPart } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { alice, callOf, createHost, deploy, target, word } from "./test/machine.ts";

const evaluate = (parts: readonly EvmPart[], options: Parameters<typeof createHost>[0] = {}): bigint => {
  const host = createHost(options);
  deploy(host, target, ...parts, ...returnTop);
  const result = host.call(callOf({ value: 7n, input: word(0x1234n) }));
  expect(result.kind).toBe("success");
  return bytesToBigint(outputOf(result));
};

describe("one frame", () => {
  test("arithmetic is modulo 2^256", () => {
    expect(evaluate([3, 4, "ADD", 5, "MUL"])).toBe(35n);
    expect(evaluate([1, 0, "SUB"])).toBe(2n ** 256n - 1n);
    expect(evaluate([200, 3, "EXP"])).toBe(3n ** 200n % 2n ** 256n);
  });

  test("memory, keccak256 and copies", () => {
    expect(evaluate([word(99n), 64, "MSTORE", 64, "MLOAD", "MSIZE", "ADD"])).toBe(99n + 96n);
    expect(evaluate([word(7n), 0, "MSTORE", 32, 0, "KECCAK256"])).toBe(bytesToBigint(keccak256(word(7n))));
    expect(evaluate([word(7n), 0, "MSTORE", 32, 0, 1, "MCOPY", 0, "MLOAD"])).toBe(0n);
  });

  test("gas of an addition, to the unit", () => {
    const host = createHost();
    deploy(host, target, 1, 2, "ADD");
    expect(host.call(callOf({ gas: 100n }))).toEqual({ kind: "success", gasLeft: 91n, gasRefund: 0n, output: new Uint8Array(0) });
    expect(host.call(callOf({ gas: 9n }))).toMatchObject({ kind: "success", gasLeft: 0n });
    expect(host.call(callOf({ gas: 8n }))).toMatchObject({ kind: "halt", reason: "outOfGas" });
  });

  test("block and transaction context", () => {
    const hash = keccak256(word(1n)) as Hash;
    const block = { ...testBlock, number: 300n, blobBaseFee: 12n, chainId: 4242n };
    const transaction = { origin: alice, gasPrice: 77n, blobHashes: [hash] };
    const options = { block, transaction, getBlockHash: () => hash };
    expect(evaluate(["NUMBER"], options)).toBe(300n);
    expect(evaluate(["CHAINID"], options)).toBe(4242n);
    expect(evaluate(["TIMESTAMP"], options)).toBe(block.timestamp);
    expect(evaluate(["COINBASE"], options)).toBe(bytesToBigint(block.coinbase));
    expect(evaluate(["PREVRANDAO"], options)).toBe(bytesToBigint(block.prevRandao));
    expect(evaluate(["GASLIMIT"], options)).toBe(block.gasLimit);
    expect(evaluate(["BASEFEE"], options)).toBe(block.baseFeePerGas);
    expect(evaluate(["BLOBBASEFEE"], options)).toBe(12n);
    expect(evaluate([0, "BLOBHASH"], options)).toBe(bytesToBigint(hash));
    expect(evaluate([1, "BLOBHASH"], options)).toBe(0n);
    expect(evaluate(["GASPRICE"], options)).toBe(77n);
    expect(evaluate(["ORIGIN"], options)).toBe(bytesToBigint(alice));
    expect(evaluate([299, "BLOCKHASH"], options)).toBe(bytesToBigint(hash));
    expect(evaluate([43, "BLOCKHASH"], options)).toBe(0n);
    expect(evaluate(["CALLER"], options)).toBe(bytesToBigint(alice));
    expect(evaluate(["CALLVALUE"], options)).toBe(7n);
    expect(evaluate(["SELFBALANCE"], options)).toBe(7n);
    expect(evaluate([0, "CALLDATALOAD"], options)).toBe(0x1234n);
  });

  test("storage: writes, originals, refunds (EIP-2200, EIP-3529)", () => {
    const host = createHost();
    deploy(host, target, 0, "CALLDATALOAD", 1, "SSTORE");
    host.setStorage(target, word(1n), word(5n));
    host.beginTransaction();
    const cleared = host.call(callOf({ input: word(0n) }));
    expect(cleared).toMatchObject({ kind: "success", gasRefund: 4_800n });
    // The other way round the counter of this frame alone is negative: the refund of the first frame is taken back.
    expect(host.call(callOf({ input: word(9n) }))).toMatchObject({ kind: "success", gasRefund: -4_800n });
    expect(host.getStorage(target, word(1n))).toEqual(word(9n));
  });

  test("transient storage lasts for the transaction", () => {
    const host = createHost();
    deploy(host, target, 1, "TLOAD", "DUP1", 1, "ADD", 1, "TSTORE", ...returnTop);
    expect(outputOf(host.call(callOf()))).toEqual(word(0n));
    expect(outputOf(host.call(callOf()))).toEqual(word(1n));
    host.beginTransaction();
    expect(outputOf(host.call(callOf()))).toEqual(word(0n));
  });

  test("logs go to the host", () => {
    const host = createHost();
    deploy(host, target, word(5n), 0, "MSTORE", 0xbb, 0xaa, 32, 0, "LOG2");
    host.call(callOf());
    expect(host.logs).toEqual([{ address: target, topics: [word(0xaan), word(0xbbn)], data: word(5n) }]);
  });
});

describe("frames that fail", () => {
  test("a revert brings its data and the gas that is left", () => {
    const host = createHost();
    deploy(host, target, 1, 1, "SSTORE", word(42n), 0, "MSTORE", 32, 0, "REVERT");
    const before = host.snapshot().accounts;
    expect(host.call(callOf({ gas: 50_000n }))).toEqual({ kind: "revert", gasLeft: 27_876n, output: word(42n) });
    expect(host.snapshot().accounts).toEqual(before);
  });

  test.each<[string, readonly EvmPart[]]>([
    ["outOfGas", ["JUMPDEST", 0, "JUMP"]],
    ["invalidOpcode", ["INVALID"]],
    ["invalidOpcode", [{ code: Uint8Array.of(0x0c) }]],
    ["stackUnderflow", ["ADD"]],
    ["stackOverflow", ["JUMPDEST", 1, 0, "JUMP"]],
    ["invalidJump", [3, "JUMP"]],
    ["returnDataOutOfBounds", [1, 0, 0, "RETURNDATACOPY"]],
    ["memoryLimit", [1, 200_000, "MSTORE"]],
  ])("%s", (reason, parts) => {
    const host = createHost({ memoryBudget: 100_000 });
    deploy(host, target, ...parts);
    expect(host.call(callOf())).toMatchObject({ kind: "halt", reason });
  });

  test.each<[string, readonly EvmPart[]]>([
    ["SSTORE", [1, 1, "SSTORE"]],
    ["TSTORE", [1, 1, "TSTORE"]],
    ["LOG0", [0, 0, "LOG0"]],
    ["CREATE", [0, 0, 0, "CREATE"]],
    ["CREATE2", [0, 0, 0, 0, "CREATE2"]],
    ["SELFDESTRUCT", [0, "SELFDESTRUCT"]],
    ["CALL with value", [0, 0, 0, 0, 1, 0, "GAS", "CALL"]],
  ])("%s in a static frame", (_name, parts) => {
    const host = createHost();
    host.setBalance(target, 5n);
    deploy(host, target, ...parts);
    expect(host.call(callOf({ scheme: "staticcall", isStatic: true }))).toMatchObject({ kind: "halt", reason: "writeProtection" });
  });
});

describe("hardforks", () => {
  const opcodes: readonly [string, (typeof hardforks)[number], readonly EvmPart[]][] = [
    ["PUSH0", "shanghai", ["PUSH0"]],
    ["TLOAD", "cancun", [1, "TLOAD"]],
    ["MCOPY", "cancun", [0, 0, 0, "MCOPY"]],
    ["BLOBBASEFEE", "cancun", ["BLOBBASEFEE"]],
    ["CLZ", "osaka", [1, "CLZ"]],
  ];
  test.each(hardforks)("%s knows its instructions", (hardfork) => {
    const host = createHost({ block: { ...testBlock, hardfork } });
    for (const [, since, parts] of opcodes) {
      deploy(host, target, ...parts);
      const expected = isAtLeast(hardfork, since) ? { kind: "success" } : { kind: "halt", reason: "invalidOpcode" };
      expect(host.call(callOf())).toMatchObject(expected);
    }
  });

  test("0x44 is DIFFICULTY before Paris", () => {
    const block = { ...testBlock, hardfork: "london" as const, difficulty: 131n };
    expect(evaluate(["PREVRANDAO"], { block })).toBe(131n);
  });
});

test("code that begins with EF00 is an invalid instruction, not a container", () => {
  const host = createHost();
  host.setCode(target, assembleEvm({ code: Uint8Array.of(0xef, 0x00, 0x01) }));
  expect(host.call(callOf())).toMatchObject({ kind: "halt", reason: "invalidOpcode" });
});

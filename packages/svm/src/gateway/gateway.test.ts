// What a caller of the gateway pays before anything is done for it.
import {
  bigintToBytes,
  concatBytes,
  systemProgram,
  toAddress,
  toPubkey,
  weiPerLamport,
  type Address,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Host,
} from "@trireme/core";
import { createModelHost, testTransaction } from "@trireme/testing";
import { expect, it } from "vitest";
import { createSvm } from "../environment.ts";
import { findProgramAddress } from "../runtime/program-address.ts";
import { testSigner } from "../transaction/signed-message.mts";
import { selectorOf } from "./abi-writer.ts";
import { gatewayAddress } from "./gateway-address.ts";

const caller = new Uint8Array(20).fill(0x11) as typeof gatewayAddress;
const program = testSigner(1).pubkey;

const newHost = () => createModelHost({ environments: [createSvm()], transaction: { ...testTransaction } });

function call(signature: string, words: readonly (bigint | Uint8Array)[], gas = 1_000_000n, host = newHost()): ExecutionResult {
  return host.call({
    kind: "call",
    scheme: "call",
    sender: caller,
    recipient: gatewayAddress,
    codeAddress: gatewayAddress,
    value: 0n,
    input: concatBytes(selectorOf(signature), ...words.map((word) => (typeof word === "bigint" ? bigintToBytes(word, 32) : word))),
    gas,
    depth: 0,
    isStatic: false,
  });
}

const invoke = "invoke(bytes32,(bytes32,bool,bool)[],bytes)";
const find = "findProgramAddress(bytes[],bytes32)";

it("takes the price of an instruction before it reads its accounts", () => {
  // The list says 200 accounts and ends there.
  const words = [program, 0x60n, 0x60n, 200n];
  expect(call(invoke, words, 20_000n)).toEqual({ kind: "halt", reason: "outOfGas" });
  const result = call(invoke, words, 30_000n);
  expect(result).toMatchObject({ kind: "revert", error: expect.stringContaining("expected a word") as unknown });
  // 946 for the call, 27 for 34 bytes of each meta, 100 for each account and the program.
  expect(result.kind === "revert" && result.gasLeft).toBe(30_000n - 946n - 27n - 20_100n);
});

it("names at most as many accounts as an instruction may", () => {
  expect(call(invoke, [program, 0x60n, 0x60n, 256n])).toMatchObject({
    kind: "revert",
    error: "SVM gateway: expected at most 255 items, got 256",
  });
});

it("copies no more seeds, and no longer ones, than an address can have: a list may name the same bytes often", () => {
  // `offsets` all lead to the bytes behind them.
  const seeds = (count: number, length: number): (bigint | Uint8Array)[] => [
    0x40n,
    program,
    BigInt(count),
    ...Array.from({ length: count }, () => BigInt(32 * count)),
    BigInt(length),
    new Uint8Array(Math.ceil(length / 32) * 32),
  ];
  expect(call(find, seeds(3, 32))).toMatchObject({ kind: "success" });
  expect(call(find, seeds(17, 1))).toMatchObject({ kind: "revert", error: "SVM gateway: expected at most 16 items, got 17" });
  expect(call(find, seeds(2, 33))).toMatchObject({ kind: "revert", error: "SVM gateway: expected at most 32 bytes, got 33" });
});

it("takes the price of every try before it tries a bump", () => {
  const seeded = (seed: number): readonly (bigint | Uint8Array)[] => [
    0x40n,
    program,
    1n,
    0x20n,
    1n,
    Uint8Array.of(seed, ...new Uint8Array(31)),
  ];
  const tries = (seed: number): number => 256 - findProgramAddress([Uint8Array.of(seed)], program).bump;
  const slow = Array.from({ length: 256 }, (_, seed) => seed).find((seed) => tries(seed) > 3) as number;
  const gas = 1_500n * BigInt(tries(slow));
  expect(call(find, seeded(slow), gas - 1n)).toEqual({ kind: "halt", reason: "outOfGas" });
  expect(call(find, seeded(slow), gas)).toMatchObject({ kind: "success", gasLeft: 0n });
});

it("shows an account under its bound name only: under the tagged one it is empty (rule 1)", () => {
  const host = newHost();
  const address = toAddress(program);
  host.setBalance(address, 7n * weiPerLamport);
  host.setSvmRecord(address, { pubkey: program, owner: testSigner(2).pubkey, executable: false, dataLength: 40 });
  const infoOf = (key: Uint8Array) => {
    const result = call("accountInfo(bytes32)", [key], 1_000_000n, host);
    return result.kind === "success" ? result.output : undefined;
  };
  const words = (...values: readonly (bigint | Uint8Array)[]) =>
    concatBytes(...values.map((value) => (typeof value === "bigint" ? bigintToBytes(value, 32) : value)));
  expect(infoOf(program)).toEqual(words(testSigner(2).pubkey, 7n, 0n, 40n));
  expect(infoOf(toPubkey(address))).toEqual(words(0n, 0n, 0n, 0n));
  const read = "accountData(bytes32,uint256,uint256)";
  expect(call(read, [program, 0n, 8n], 1_000_000n, host)).toMatchObject({ kind: "success" });
  expect(call(read, [toPubkey(address), 0n, 8n], 1_000_000n, host)).toMatchObject({ kind: "revert" });
});

it("reads nothing where nothing stands: hosts refuse a read of data that no account has", () => {
  const svm = createSvm();
  const strict = (host: Host): Host =>
    Object.create(host, {
      readAccountData: {
        value: (address: Address, offset: number, target: Uint8Array) => {
          if (host.getSvmRecord(address) === undefined) throw new Error("expected an account with data");
          host.readAccountData(address, offset, target);
        },
      },
    }) as Host;
  const environment: ExecutionEnvironment = { ...svm, execute: (message, host) => svm.execute(message, strict(host)) };
  const host = createModelHost({ environments: [environment], transaction: { ...testTransaction } });
  for (const key of [program, toPubkey(caller), systemProgram])
    expect(call("accountData(bytes32,uint256,uint256)", [key, 0n, 0n], 1_000_000n, host).kind).toBe("success");
});

import { addressFromHex, emptyBytes, isTriremeError, zeroAddress } from "@trireme/core";
import { evm } from "@trireme/evm";
import { describe, expect, it } from "vitest";
import type { ChainOptions } from "./chain-definition.ts";
import { defineChain } from "./define-chain.ts";
import { parallel } from "./scheduler.ts";

const name = "0x00000000000000000000000000000000000000aa";

function problem(options: unknown): string {
  try {
    defineChain(options as ChainOptions);
  } catch (error) {
    if (isTriremeError(error) && error.code === "INVALID_CONFIGURATION") return error.message;
    throw error;
  }
  return "no problem";
}

describe("defineChain", () => {
  it("fills in the defaults", () => {
    const definition = defineChain({ chainId: 7, environments: [evm()] });
    expect(definition).toMatchObject({
      chainId: 7n,
      hardfork: "osaka",
      mining: { kind: "auto" },
      history: 128,
      dev: false,
      fees: { minimumPriorityFeePerGas: 0n, minimumBaseFeePerGas: 0n, coinbase: zeroAddress },
      genesis: { timestamp: 0n, gasLimit: 30_000_000n, baseFeePerGas: 1_000_000_000n, extraData: emptyBytes },
      limits: { callGas: 50_000_000n, reentries: 64 },
    });
    expect(definition.formats.map(({ id }) => id)).toEqual(["ethereum"]);
    expect(definition.genesis.accounts).toHaveLength(2);
  });

  it("keeps all history in dev mode, unless told otherwise", () => {
    expect(defineChain({ chainId: 7, environments: [evm()], dev: true }).history).toBe("all");
    expect(defineChain({ chainId: 7, environments: [evm()], dev: true, history: 10 }).history).toBe(10);
  });

  it("has the system contracts of its hardfork, and none when told so", () => {
    const accountsOf = (options: Partial<ChainOptions>): number =>
      defineChain({ chainId: 7, environments: [evm()], ...options }).genesis.accounts.length;
    expect(accountsOf({ hardfork: "shanghai" })).toBe(0);
    expect(accountsOf({ hardfork: "cancun" })).toBe(1);
    expect(accountsOf({ hardfork: "prague" })).toBe(2);
    expect(accountsOf({ genesis: { systemContracts: false } })).toBe(0);
  });

  it("says what is wrong with a scheduler: a name, or more threads than there may be", () => {
    const of = (scheduler: unknown): string => problem({ chainId: 7, environments: [evm()], scheduler });
    expect(of(parallel({ workers: 256, always: true }))).toBe("no problem");
    expect(of(parallel({ workers: 257 }))).toContain("expected workers of 1 to 256");
    expect(of(parallel({ wrokers: 2 } as never))).toContain("wrokers");
  });

  it("flattens nested lists and leaves out what is falsy", () => {
    const entry = evm();
    const definition = defineChain({
      chainId: 7n,
      environments: [[false, [entry]], undefined, null],
      genesis: { accounts: [[{ address: name }], false] },
    });
    expect(definition.environments).toEqual([entry]);
    expect(definition.genesis.accounts[0]).toEqual({
      address: addressFromHex(name),
      balance: 0n,
      nonce: 0n,
      code: emptyBytes,
      storage: [],
    });
  });

  it.each([
    [undefined, /^defineChain: options: expected an object .*, got undefined$/],
    [{ environments: [evm()] }, /^defineChain: chainId: expected a chain id: an integer .*, got undefined$/],
    [{ chainId: 0, environments: [evm()] }, /chainId: expected a chain id: .*, got 0$/],
    [{ chainId: 1.5, environments: [evm()] }, /chainId: .*, got 1.5/],
    [{ chainId: 7, environments: [] }, /environments: expected at least one environment, such as evm\(\), got an empty list/],
    [{ chainId: 7, environments: [{ id: "evm" }] }, /environments\[0\]: expected an environment such as evm\(\).*, got an object/],
    [{ chainId: 7, environments: [evm(), evm()] }, /environments: expected each id once, got "evm" again/],
    [{ chainId: 7, environments: [evm()], hardfork: "berlin" }, /hardfork: expected one of london, .*, got "berlin"/],
    [{ chainId: 7, environments: [evm()], history: 0 }, /history: expected "all" or a positive number of blocks, got 0/],
    [
      { chainId: 7, environments: [evm()], mining: { kind: "interval" } },
      /mining.milliseconds: expected a positive integer, got undefined/,
    ],
    [{ chainId: 7, environments: [evm()], mining: { kind: "pow" } }, /mining.*: expected \{ kind: "auto" \}/],
    [
      { chainId: 7, environments: [evm()], genesis: { accounts: [{ address: "0x12" }] } },
      /genesis.accounts\[0\].address: expected an address: .*, got "0x12"/,
    ],
    [{ chainId: 7, environments: [evm()], genesis: { accounts: [{ address: name, balance: -1n }] } }, /balance: expected wei: .*, got -1n/],
    [
      { chainId: 7, environments: [evm()], genesis: { accounts: [{ address: name }, { address: name }] } },
      /accounts\[1\]: expected each address once/,
    ],
    [
      { chainId: 7, environments: [evm()], genesis: { accounts: [{ address: name, storage: { "0x1": "0x2" } }] } },
      /storage: expected 0x and 64 .*, got "0x1"/,
    ],
    [{ chainId: 7, environments: [evm()], chainid: 8 }, /options: expected no option named "chainid"/],
    [{ chainId: 7, environments: [evm()], limits: { callGas: "lots" } }, /limits.callGas: expected gas: .*, got "lots"/],
  ])("says what is wrong with input %#", (options, message) => {
    expect(problem(options)).toMatch(message);
  });
});

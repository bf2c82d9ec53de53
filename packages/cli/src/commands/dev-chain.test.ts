import { defineDevChain, deriveDevAccounts } from "@trireme/node";
import { describe, expect, it } from "vitest";
import { announcementJson, announcementText } from "../announcement.ts";
import { devChainFromOptions } from "./dev-chain.ts";

const accounts = deriveDevAccounts(undefined, 1);
const configured = defineDevChain({ accounts, balance: 5n });

describe("the chain of a configuration file", () => {
  it("has the accounts that its genesis funds", () => {
    expect(devChainFromOptions({}, configured)).toMatchObject({ chain: configured, accounts });
    expect(devChainFromOptions({}, defineDevChain({ accounts: [] })).accounts).toEqual([]);
    expect(devChainFromOptions({}, undefined).accounts).toHaveLength(20);
  });

  it("is made into blocks as options say, and refuses options that would define another", () => {
    expect(devChainFromOptions({ blockTime: "2" }, configured).chain.mining).toEqual({ kind: "interval", milliseconds: 2_000 });
    expect(devChainFromOptions({ mining: false }, configured).chain.mining).toEqual({ kind: "manual" });
    expect(devChainFromOptions({ workers: "3" }, configured).chain.scheduler).toMatchObject({ kind: "parallel", workers: 3 });
    expect(devChainFromOptions({ workers: "0" }, undefined).chain.scheduler).toEqual({ kind: "serial" });
    expect(() => devChainFromOptions({ workers: "-1" }, configured)).toThrow("--workers: expected an integer from 0 to 256");
    for (const options of [{ chainId: "5" }, { hardfork: "london" }, { balance: "1" }])
      expect(() => devChainFromOptions(options, configured)).toThrow("the configuration file defines the chain");
  });
});

describe("an announcement", () => {
  const facts = {
    version: "1.0.0",
    chainId: 1n,
    hardfork: "osaka",
    http: "http://127.0.0.1:1",
    ws: "ws://127.0.0.1:1",
    headBlock: 0n,
    dataDirectory: undefined,
    mnemonic: "test junk",
    balance: "0.5",
    solana: { http: "http://127.0.0.1:8899", ws: "ws://127.0.0.1:8900", missingPrograms: [] },
    accounts,
    recovered: undefined,
  };

  it("lists accounts and what they began with", () => {
    expect(announcementText(facts)).toMatch(/0xf39Fd6.*\n(.*\n)*Each began with 0.5 ETH/);
  });

  it("promises no funds and shows no keys where genesis has none", () => {
    const text = announcementText({ ...facts, accounts: [], balance: undefined });
    expect(text).toContain("No account of the mnemonic has funds");
    expect(text).not.toMatch(/ETH|private-key|EVM keys/);
    expect(JSON.parse(announcementJson({ ...facts, accounts: [], balance: undefined }))).toMatchObject({ accounts: [], chainId: 1 });
  });
});

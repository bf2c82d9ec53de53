import { bytesToHex } from "@trireme/core";
import { decodeHeader } from "@trireme/ethereum";
import { evm } from "@trireme/evm";
import { describe, expect, it } from "vitest";
import { alice, ether } from "../chain-fixture.mts";
import { defineChain } from "./define-chain.ts";
import { genesisRecord } from "./genesis.ts";

describe("genesis", () => {
  it("is the same for the same definition, and another for another balance", () => {
    const record = (balance: bigint) =>
      genesisRecord(defineChain({ chainId: 7, environments: [evm()], genesis: { accounts: [{ address: alice.address, balance }] } }));
    expect(bytesToHex(record(ether).hash)).toBe(bytesToHex(record(ether).hash));
    expect(bytesToHex(record(ether).hash)).not.toBe(bytesToHex(record(1n).hash));
  });

  it.each([
    ["london", { withdrawalsRoot: undefined, difficulty: 131_072n }],
    ["paris", { withdrawalsRoot: undefined, difficulty: 0n }],
    ["shanghai", { blobGasUsed: undefined }],
    ["cancun", { blobGasUsed: 0n, excessBlobGas: 0n, requestsHash: undefined }],
  ] as const)("has the header fields of %s", (hardfork, fields) => {
    expect(decodeHeader(genesisRecord(defineChain({ chainId: 7, hardfork, environments: [evm()] })).header)).toMatchObject(fields);
  });

  it("commits to an empty list of requests from Prague on", () => {
    const header = decodeHeader(genesisRecord(defineChain({ chainId: 7, environments: [evm()] })).header);
    // sha256 of nothing (EIP-7685).
    expect(bytesToHex(header.requestsHash ?? new Uint8Array())).toBe("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});

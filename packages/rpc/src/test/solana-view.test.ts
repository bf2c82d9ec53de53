/** What Solana's clients are shown of Ethereum transactions that are out of the ordinary. docs/spec/logs-and-receipts.md */
import { base58 } from "@scure/base";
import { Connection, PublicKey } from "@solana/web3.js";
import { addressFromHex, bytesToHex, createAddress, hexToBytes, solanaIdOfEthereumTransaction, type Address } from "@trireme/core";
import { numberToHex, parseEther, type Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInProcessConnection } from "../provider/web3-connection.ts";
import { addresses, hexAddresses } from "./test-node.mts";
import { parrot, startTwoDialects, tagged, type TwoDialects } from "./two-dialects-node.mts";

const gateway = new PublicKey("Ca11Gateway11111111111111111111111111111111");
const crowd = "0x00000000000000000000000000000000000000c1";
const refusal = "0x00000000000000000000000000000000000000c2";

let node: TwoDialects;
let connection: Connection;
beforeAll(async () => {
  node = await startTwoDialects();
  connection = createInProcessConnection(Connection, node.solana, { commitment: "confirmed" });
  // Calls 300 accounts with 1 wei each.
  await node.chain.dev?.setCode(addressFromHex(crowd), hexToBytes("0x61012c5b5f5f5f5f600185611000015af150600190038060035700"));
  await node.chain.dev?.setBalance(addressFromHex(crowd), 10n ** 18n);
  await node.chain.dev?.setCode(addressFromHex(refusal), hexToBytes("0x5f5ffd"));
});
afterAll(() => node.close());

async function send(request: Readonly<Record<string, unknown>>) {
  const hash = (await node.ethereum.request("eth_sendTransaction", [{ from: hexAddresses[0], ...request }])) as Hex;
  const id = base58.encode(solanaIdOfEthereumTransaction(hexToBytes(hash)));
  const found = await connection.getTransaction(id, { maxSupportedTransactionVersion: 0 });
  if (found?.meta == null) throw new Error("expected the transaction");
  const { staticAccountKeys: keys, compiledInstructions, header } = found.transaction.message;
  const [call] = compiledInstructions;
  if (call === undefined) throw new Error("expected an instruction");
  return { id, meta: found.meta, keys, call, header };
}

describe("an Ethereum transaction", () => {
  it("says value and gas limit as the call gateway's data do", async () => {
    const { call, keys, meta } = await send({ to: hexAddresses[1], value: numberToHex(parseEther("1.5")), gas: numberToHex(30_000) });
    const data = Buffer.from(call.data);
    expect([data.length, data[0], data[1], data.readBigUInt64LE(2), data.readBigUInt64LE(10), data.readBigUInt64LE(18)]).toEqual([
      26,
      0,
      0,
      30_000n,
      parseEther("1.5"),
      0n,
    ]);
    expect(keys).toEqual([tagged(hexAddresses[0] as Hex), tagged(hexAddresses[1] as Hex), gateway]);
    expect((meta.postBalances[1] as number) - (meta.preBalances[1] as number)).toBe(1_500_000_000);
  });

  it("to its own sender has two accounts", async () => {
    const { keys, call } = await send({ to: hexAddresses[0], value: "0x1" });
    expect(keys).toEqual([tagged(hexAddresses[0] as Hex), gateway]);
    expect([...call.accountKeyIndexes]).toEqual([0, 0]);
  });

  it("that creates calls the contract that it makes, be it in vain", async () => {
    for (const data of ["0x5f5ff3", "0x5f5ffd"]) {
      const nonce = BigInt((await node.ethereum.request("eth_getTransactionCount", [hexAddresses[0], "latest"])) as string);
      const { keys, call, meta } = await send({ data, gas: numberToHex(100_000) });
      const [place = -1] = call.accountKeyIndexes;
      expect(keys[place]).toEqual(tagged(bytesToHex(createAddress(addresses[0] as Address, nonce))));
      expect(meta.err === null).toBe(data === "0x5f5ff3");
    }
  });

  it("that fails has an error, its fee, and no events", async () => {
    const { meta, id } = await send({ to: refusal, value: "0x5", gas: numberToHex(50_000) });
    expect(meta.err).toEqual({ InstructionError: [0, "ProgramFailedToComplete"] });
    expect(meta.logMessages).toEqual([
      `Program ${gateway.toBase58()} invoke [1]`,
      `Program ${gateway.toBase58()} failed: Program failed to complete`,
    ]);
    expect(meta.fee).toBeGreaterThan(0);
    expect((await connection.getSignatureStatus(id)).value?.err).toEqual(meta.err);
  });

  it("with a long input shows the first 1,024 bytes of it", async () => {
    const { call } = await send({ to: hexAddresses[1], data: `0x${"ab".repeat(5_000)}` });
    expect(Buffer.from(call.data.subarray(26)).toString("hex")).toBe("ab".repeat(1_024));
  });

  it("that writes to many accounts names 255, the callee among them, as a message that can be decoded", async () => {
    const { keys, call, header, meta } = await send({ to: crowd, gas: numberToHex(15_000_000) });
    expect(meta.err).toBeNull();
    expect(keys).toHaveLength(255);
    expect(new Set(keys.map((key) => key.toBase58())).size).toBe(255);
    expect([keys[call.accountKeyIndexes[0] as number], keys[call.programIdIndex]]).toEqual([tagged(crowd), gateway]);
    expect(meta.preBalances).toHaveLength(255);
    expect(header).toEqual({ numRequiredSignatures: 1, numReadonlySignedAccounts: 0, numReadonlyUnsignedAccounts: 1 });
  });

  it("is confirmed by its Solana id, and unknown ids are not found", async () => {
    const { id } = await send({ to: hexAddresses[1], value: "0x1" });
    expect((await connection.confirmTransaction(id)).value.err).toBeNull();
    const unknown = base58.encode(solanaIdOfEthereumTransaction(new Uint8Array(32)));
    expect(await connection.getTransaction(unknown, { maxSupportedTransactionVersion: 0 })).toBeNull();
    expect(await node.ethereum.request("trireme_getTransactionIds", [unknown])).toBeNull();
    node.chain.dev?.setMining({ kind: "manual" });
    const waiting = await connection.requestAirdrop(parrot, 1);
    const named = (await node.solana.request("trireme_getTransactionIds", [waiting])) as { readonly ethereum: Hex };
    expect(await node.ethereum.request("trireme_getTransactionIds", [named.ethereum])).toEqual({ ...named, solana: waiting });
    await expect(node.ethereum.request("trireme_getTransactionIds", ["0x12"])).rejects.toMatchObject({ code: -32602 });
    expect((await connection.getSignaturesForAddress(parrot)).map(({ signature }) => signature)).toEqual([]);
  });
});

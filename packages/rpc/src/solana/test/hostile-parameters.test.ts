import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeJson } from "../../json-rpc/encode-json.ts";
import { isRpcError } from "../../json-rpc/rpc-error.ts";
import { createRpcSession } from "../../json-rpc/rpc-session.ts";
import { startSolanaChain, type SolanaChain } from "./solana-node.mts";

let node: SolanaChain;
beforeAll(async () => {
  node = await startSolanaChain();
});
afterAll(() => node.close());

const key = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr";
const token = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
const signature = "1".repeat(64);
const huge = "z".repeat(100_000);
const values: readonly unknown[] = [
  null,
  true,
  0,
  1,
  -1,
  1.5,
  1e300,
  2 ** 53 - 1,
  "",
  "0x",
  "finalized",
  "l0O",
  "constructor",
  "\u0000\ud800",
  key,
  signature,
  huge,
  "AAAA",
  Buffer.alloc(1232, 1).toString("base64"),
  [],
  [[]],
  [key, null],
  [signature],
  {},
  { __proto__: null, commitment: "confirmed" },
  { commitment: "soon" },
  { encoding: "base64", dataSlice: { offset: 0, length: 9e15 } },
  { encoding: "base64", dataSlice: { offset: 9e15, length: 9e15 } },
  { encoding: "jsonParsed", dataSlice: [] },
  { encoding: "base64+zstd", minContextSlot: 9e15 },
  { filters: [{ memcmp: { offset: 9e15, bytes: "1" } }, { dataSize: 3 }] },
  { filters: [{ memcmp: { offset: 0, bytes: huge } }] },
  { filters: [{ memcmp: { offset: 0, bytes: [1, 256] } }] },
  { filters: [null] },
  { mint: key },
  { programId: token },
  { mentions: [key] },
  { mentions: [key, key] },
  { accounts: { addresses: [key], encoding: "base58" }, sigVerify: true, replaceRecentBlockhash: true },
  { recentBlockhash: "l0O" },
  { before: signature, until: 3, limit: 0 },
];

/** Every value in every place, the places before it filled with something that fits many methods. */
const parameterLists: readonly (readonly unknown[])[] = [
  [],
  ...values.map((value) => [value]),
  ...values.flatMap((value) => [
    [key, value],
    [signature, value],
    [0, value],
    [[key], value],
    [key, { programId: token }, value],
    [0, 1, value],
  ]),
];

describe("whatever the parameters are", () => {
  it("every method answers, or fails with a code that is the caller's to mend", async () => {
    const faults: unknown[] = [];
    let answered = 0;
    const session = createRpcSession(() => undefined);
    for (const method of node.dispatcher.methodNames) {
      for (const parameters of [...parameterLists, { a: 1 }]) {
        try {
          encodeJson(await node.dispatcher.request(method, parameters, session));
          answered++;
        } catch (error) {
          if (!isRpcError(error) || error.code === -32603)
            faults.push([method, JSON.stringify(parameters).slice(0, 200), String(error).slice(0, 300)]);
        }
      }
    }
    session.close();
    expect(faults).toEqual([]);
    // Some of it does fit: the methods were reached.
    expect(answered).toBeGreaterThan(node.dispatcher.methodNames.length);
    expect(await node.dispatcher.request("getHealth", [])).toBe("ok");
  });
});

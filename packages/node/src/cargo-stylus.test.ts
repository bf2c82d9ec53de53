// The node as cargo-stylus uses it: its requests, as they stand in a transcript, over a real port.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { bytesToHex, concatBytes, hexToBytes, keccak256 } from "@trireme/core";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveDevAccounts, devAccountSecret } from "./dev-accounts.ts";
import { defineDevChain } from "./dev-chain.ts";
import { startNode, type RunningNode } from "./start-node.ts";
import { replayCommand, type Names, type Transcript } from "./test/replay-transcript.mts";

const transcript = JSON.parse(readFileSync(new URL("test/cargo-stylus-transcript.json", import.meta.url), "utf8")) as Transcript;
const accounts = deriveDevAccounts(undefined, 1);
const wallet = privateKeyToAccount(devAccountSecret(accounts[0]!) as Hex);
const digits = (bytes: Uint8Array): string => bytesToHex(bytes).slice(2);

/** A module whose entry point answers `status`, with the section that cargo-stylus adds; `limits` are the memory's. */
function moduleOf(status: number, limits: string): Uint8Array {
  const custom = concatBytes(Uint8Array.of(0, 45, 12), new TextEncoder().encode("project_hash"), new Uint8Array(32));
  const types = "01060160017f017f03020100";
  const memory = `050${limits.length / 2 + 1}01${limits}`;
  const exported = "071c02066d656d6f727902000f757365725f656e747279706f696e740000";
  const body = `0a06010400410${status}0b`;
  return concatBytes(hexToBytes(`0x0061736d01000000${types}${memory}${exported}${body}`), custom);
}

/** Names of a program: its code and code hash, and cargo-stylus' init code. */
function namesOf(wasm: Uint8Array): Names {
  return namesOfCode(concatBytes(hexToBytes("0xeff00000"), brotliCompressSync(wasm)));
}

function namesOfCode(code: Uint8Array): Names {
  const length = code.length.toString(16).padStart(64, "0");
  return { code: digits(code), codehash: digits(keccak256(code)), initCode: `7f${length}80602b6000396000f300${digits(code)}` };
}

/** Names of a program that is too large for one account: two fragments, and the length of the whole. */
function namesOfLarge(): Names {
  // Data that no compression makes smaller, in a section that programs may have.
  const noise = concatBytes(...Array.from({ length: 900 }, (_, index) => keccak256(Uint8Array.of(index >> 8, index & 0xff))));
  const name = concatBytes(Uint8Array.of(5), new TextEncoder().encode("noise"));
  const wasm = concatBytes(moduleOf(0, fixed), Uint8Array.of(0), leb128(name.length + noise.length), name, noise);
  const stream = brotliCompressSync(wasm);
  const most = 24_576 - 3;
  const [first = {}, second = {}] = [stream.subarray(0, most), stream.subarray(most)].map((part) =>
    namesOfCode(concatBytes(hexToBytes("0xeff001"), part)),
  );
  const size = wasm.length.toString(16).padStart(8, "0");
  const [code1 = "", initCode1 = "", code2 = "", initCode2 = ""] = [first, second].flatMap(({ code = "", initCode = "" }) => [
    code,
    initCode,
  ]);
  return { size, code1, initCode1, code2, initCode2, random4: "a4".repeat(20) };
}

function leb128(value: number): Uint8Array {
  return value < 128 ? Uint8Array.of(value) : concatBytes(Uint8Array.of(128 + (value % 128)), leb128(value >> 7));
}

const fixed = "010101"; // one page, and no more
const programs: Readonly<Record<string, Names>> = {
  first: namesOf(moduleOf(0, fixed)),
  second: namesOf(moduleOf(1, fixed)),
  growable: namesOf(moduleOf(0, "0001")),
  large: namesOfLarge(),
  nothing: { code: "", codehash: digits(keccak256(new Uint8Array(0))), program: "99".repeat(20) },
};

let node: RunningNode;
beforeAll(async () => {
  node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, logLevel: "silent" });
});
afterAll(() => node.close());

describe("cargo-stylus", () => {
  // What a command leaves is what the next one with the same program finds.
  const random = { random1: "a1".repeat(20), random2: "a2".repeat(20), random3: "a3".repeat(20) };
  const names = new Map<string, Names>(
    Object.entries(programs).map(([name, own]) => [name, { ...own, ...random, from: wallet.address.slice(2).toLowerCase() }] as const),
  );

  it.each(transcript.commands)("$command", async ({ program, steps }) => {
    const known = names.get(program);
    if (known === undefined) throw new Error(`expected a program of the test, got ${program}`);
    await replayCommand(transcript, steps, { url: node.http, wallet, names: known });
  });

  it("left programs that run", async () => {
    const statuses = ["first", "second", "large"].map(async (name) => {
      const body = { method: "eth_call", params: [{ to: `0x${names.get(name)?.["program"]}` }, "latest"], id: 0, jsonrpc: "2.0" };
      const headers = { "content-type": "application/json" };
      return (await fetch(node.http, { method: "POST", headers, body: JSON.stringify(body) })).json();
    });
    expect(await Promise.all(statuses)).toEqual([
      { jsonrpc: "2.0", id: 0, result: "0x" },
      { jsonrpc: "2.0", id: 0, error: { code: 3, message: "execution reverted", data: "0x" } },
      { jsonrpc: "2.0", id: 0, result: "0x" },
    ]);
  });
});

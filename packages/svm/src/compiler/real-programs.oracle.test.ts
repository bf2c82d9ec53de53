import { pubkeyFromBase58, type Pubkey } from "@trireme/core";
import { expect, test } from "vitest";
import { programIds } from "../known-keys.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import { createOracle, type Oracle } from "../test/litesvm-oracle.mts";
import { createCompiler } from "./create-compiler.ts";

const splToken = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
const programs = [
  splToken,
  "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
  "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
  "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr",
  "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo",
  "AddressLookupTab1e1111111111111111111111111",
];

function elfOf(oracle: Oracle, name: string): Uint8Array {
  const { owner, data } = oracle.getAccount(pubkeyFromBase58(name))!;
  if (Buffer.compare(owner, programIds.loaderV3) !== 0) return data;
  return oracle.getAccount(data.slice(4, 36) as Pubkey)!.data.subarray(45);
}

test("no program of Solana's users is interpreted, SPL Token 3.5.0 included", { timeout: 60_000 }, () => {
  const oracle = createOracle();
  const compiler = createCompiler({
    onInterpreted: (reason) => {
      throw new Error(reason);
    },
  });
  const elfs = [...programs.map((name) => elfOf(oracle, name)), elfOf(createOracle(true), splToken)];
  for (const elf of elfs) {
    const loaded = loadProgram(elf, { syscalls: new Set() });
    if (loaded.kind === "invalid") throw new Error(loaded.error.message);
    compiler.prepare(loaded.executable, new Map()).acquire(32_768).release();
  }
  expect(new Set(elfs.map((elf) => elf.length)).size).toBe(7);
});

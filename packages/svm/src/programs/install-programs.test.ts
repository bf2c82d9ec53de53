import { pubkeyFromBase58, pubkeyFromBytes, toAddress, type Pubkey } from "@trireme/core";
import { LiteSVM } from "litesvm";
import type { LiteSvm } from "litesvm/dist/internal.js";
import { expect, test } from "vitest";
import { createSvm } from "../environment.ts";
import { programIds } from "../known-keys.ts";
import { findProgramAddress } from "../runtime/program-address.ts";
import { createSvmWorld } from "../test/svm-world.mts";
import { missingPrograms } from "./standard-programs.ts";

const token = pubkeyFromBase58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
const memoV1 = pubkeyFromBase58("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo");
const { inner } = new LiteSVM() as unknown as { inner: LiteSvm };

function litesvmAccount(key: Pubkey) {
  const account = inner.getAccount(key);
  if (account === null) throw new Error("no account");
  return {
    key,
    owner: pubkeyFromBytes(Uint8Array.from(account.owner())),
    lamports: account.lamports(),
    data: Buffer.from(account.data()).toString("base64"),
    executable: account.executable(),
  };
}

test("programs of genesis have the accounts that they have in litesvm", () => {
  const tokenData = findProgramAddress([token], programIds.loaderV3).address;
  const elf = Uint8Array.from(inner.getAccount(tokenData)?.data().subarray(45) ?? []);
  const memo = Uint8Array.from(inner.getAccount(memoV1)?.data() ?? []);
  const world = createSvmWorld(createSvm());
  world.install({ id: token, elf, loader: 3 }, { id: memoV1, elf: memo, loader: 1 });
  for (const key of [token, memoV1]) {
    const { data, ...account } = world.getAccount(key);
    const theirs = litesvmAccount(key);
    expect({ ...account, data: Buffer.from(data).toString("base64") }).toEqual(
      // litesvm gives every program a multiple of what it needs; ours is what rent asks for.
      { ...theirs, lamports: account.lamports },
    );
  }
  expect(Buffer.from(world.getAccount(tokenData).data.subarray(45)).toString("base64")).toBe(Buffer.from(elf).toString("base64"));
  expect(world.host.kindOf(toAddress(token))).toEqual({ kind: "program", environment: "svm" });
});

test("an ELF that does not load, or an id that is taken, is refused by name", () => {
  const world = createSvmWorld(createSvm());
  expect(() => world.install({ id: token, elf: Uint8Array.of(1, 2, 3), loader: 2 })).toThrow(/expected the ELF of a program for TokenkegQ/);
  const memo = Uint8Array.from(inner.getAccount(memoV1)?.data() ?? []);
  world.install({ id: token, elf: memo, loader: 2 });
  expect(() => world.install({ id: token, elf: memo, loader: 2 })).toThrow(/expected no account at program TokenkegQ/);
});

test("a chain says which standard programs it lacks", () => {
  expect(missingPrograms([]).map(({ name }) => name)).toEqual([
    "SPL Token",
    "Token-2022",
    "Associated Token Account",
    "Memo",
    "Memo v1",
    "Address Lookup Table",
  ]);
  expect(missingPrograms([{ id: token }]).map(({ name }) => name)).not.toContain("SPL Token");
});

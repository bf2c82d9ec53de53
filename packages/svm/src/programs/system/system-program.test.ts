import {
  concatBytes,
  isTaggedPubkey,
  pubkeyFromBytes,
  systemProgram,
  toPubkey,
  zeroAddress,
  type Instruction,
  type Pubkey,
} from "@trireme/core";
import { expect, test } from "vitest";
import { createSvm } from "../../environment.ts";
import { programIds, sysvarIds } from "../../known-keys.ts";
import { minimumBalance } from "../../sysvars/rent.ts";
import { createSvmWorld, type SvmWorld } from "../../test/svm-world.mts";
import { readonly, signer, u32, u64, writable } from "../native-instructions.mts";

const payer = key(1);
const account = key(2);
const owner = programIds.loaderV2;

function key(seed: number): Pubkey {
  return pubkeyFromBytes(new Uint8Array(32).fill(seed));
}

function worldWith(...lamports: readonly (readonly [Pubkey, bigint])[]): SvmWorld {
  const world = createSvmWorld(createSvm());
  for (const [each, balance] of [[payer, 10n ** 10n] as const, ...lamports]) {
    world.setAccount({ key: each, owner: systemProgram, lamports: balance, data: new Uint8Array(0), executable: false });
  }
  return world;
}

const create = (to: Pubkey, lamports: bigint, space: bigint): Instruction => ({
  program: systemProgram,
  accounts: [signer(payer), signer(to)],
  data: concatBytes(u32(0), u64(lamports), u64(space), owner),
});

test("rule 3: a tagged account gets neither data nor another owner, whatever signs for it", () => {
  const tagged = toPubkey(zeroAddress);
  expect(isTaggedPubkey(tagged)).toBe(true);
  const assign: Instruction = { program: systemProgram, accounts: [signer(tagged)], data: concatBytes(u32(1), owner) };
  const allocate: Instruction = { program: systemProgram, accounts: [signer(tagged)], data: concatBytes(u32(8), u64(10n)) };
  for (const instruction of [assign, allocate, create(tagged, minimumBalance(0), 0n)]) {
    const world = worldWith([tagged, instruction.accounts.length === 2 ? 0n : 10n ** 9n]);
    const { result, logs } = world.send(payer, [instruction]);
    expect(result).toMatchObject({ kind: "revert", error: '"InvalidArgument"' });
    expect(logs.at(-2)).toContain("is the plain account of an address, it holds no data and has no other owner");
    expect(world.getAccount(tagged)).toMatchObject({ owner: systemProgram, data: new Uint8Array(0) });
  }
});

test("rule 11: lamports below the minimum, which a contract may have sent, do not keep an account from being made", () => {
  const world = worldWith([account, 890_879n]);
  expect(world.send(payer, [create(account, minimumBalance(8), 8n)]).result.kind).toBe("success");
  expect(world.getAccount(account)).toMatchObject({ owner, lamports: 890_879n + minimumBalance(8), data: new Uint8Array(8) });
});

test("an account that stands by itself is in use, as on Solana", () => {
  const { result, logs } = worldWith([account, 890_880n]).send(payer, [create(account, minimumBalance(8), 8n)]);
  expect(result).toMatchObject({ kind: "revert", error: '{"Custom":0}' });
  expect(logs.at(-2)).toBe(
    "Create Account: account Address { address: 8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR, base: None } already in use",
  );
});

test("without a blockhash there is nothing to make a nonce of", () => {
  const world = worldWith();
  world.setAccount({ key: account, owner: systemProgram, lamports: minimumBalance(80), data: new Uint8Array(80), executable: false });
  (world.host as { getBlockHash: (number: bigint) => undefined }).getBlockHash = () => undefined;
  const accounts = [writable(account), readonly(sysvarIds.recentBlockhashes), readonly(sysvarIds.rent)];
  const { result, logs } = world.send(payer, [{ program: systemProgram, accounts, data: concatBytes(u32(6), payer) }]);
  expect(result).toMatchObject({ kind: "revert", error: '{"Custom":6}' });
  expect(logs.at(-2)).toBe("Initialize nonce account: recent blockhash list is empty");
});

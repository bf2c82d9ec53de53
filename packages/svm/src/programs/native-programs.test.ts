import { pubkeyFromBytes, systemProgram, toAddress, weiPerLamport, type Pubkey } from "@trireme/core";
import { LiteSVM } from "litesvm";
import type { LiteSvm } from "litesvm/dist/internal.js";
import { expect, test } from "vitest";
import { createSvm } from "../environment.ts";
import { programIds, sysvarIds } from "../known-keys.ts";
import { createSvmWorld, type SvmWorld } from "../test/svm-world.mts";
import { fixedAccount, isFixedAddress } from "./native-programs.ts";

const payer = pubkeyFromBytes(new Uint8Array(32).fill(1));

function createWorld(): SvmWorld {
  const world = createSvmWorld(createSvm());
  world.setAccount({ key: payer, owner: systemProgram, lamports: 10n ** 12n, data: new Uint8Array(0), executable: false });
  return world;
}

const run = (program: Pubkey, data = new Uint8Array(0)) => createWorld().send(payer, [{ program, accounts: [], data }]);

test.each([
  ["vote", 2100n],
  ["stake", 150n],
  ["config", 150n],
  ["zkElgamalProof", 150n],
] as const)("the %s program is named as out of scope", (name, cost) => {
  const { result, logs, units } = run(programIds[name]);
  expect(result).toMatchObject({ kind: "revert", error: '"UnsupportedProgramId"' });
  expect(logs[1]).toMatch(/^Program \w+ is not part of this chain: it is for /);
  expect(units).toBe(cost);
});

test.each([
  ["loaderV1", 1140n, "Deprecated loader is no longer supported"],
  ["loaderV2", 570n, "BPF loader management instructions are no longer supported"],
] as const)("%s takes no instructions any more", (name, cost, line) => {
  const { result, logs, units } = run(programIds[name]);
  expect(result).toMatchObject({ kind: "revert", error: '"UnsupportedProgramId"' });
  expect([logs[1], units]).toEqual([line, cost]);
});

test("Compute Budget does nothing while the transaction runs", () => {
  const { result, units } = run(programIds.computeBudget, Uint8Array.of(2, 0, 1, 0, 0));
  expect([result.kind, units]).toEqual(["success", 150n]);
});

test("native programs and precompiles have the accounts of litesvm, with mainnet's names as data", () => {
  const { inner } = new LiteSVM() as unknown as { inner: LiteSvm };
  const { host } = createWorld();
  for (const name of [
    "system",
    "loaderV1",
    "loaderV2",
    "loaderV3",
    "computeBudget",
    "vote",
    "zkElgamalProof",
    "ed25519",
    "secp256k1",
    "secp256r1",
  ] as const) {
    const theirs = inner.getAccount(programIds[name]);
    const ours = fixedAccount(programIds[name], host);
    expect({ ...ours, owner: [...(ours?.owner ?? [])] }).toMatchObject({
      owner: [...(theirs?.owner() ?? [])],
      executable: theirs?.executable(),
      lamports: theirs?.lamports(),
      isReal: false,
    });
    const data = ours?.readFixed?.();
    expect([...(data ?? [])]).toEqual([...(theirs?.data() ?? [])]);
    expect(data?.length).toBe(ours?.dataLength);
  }
  expect(fixedAccount(sysvarIds.rent, host)).toMatchObject({ executable: false, lamports: 1n, dataLength: 17 });
  expect(fixedAccount(payer, host)).toBeUndefined();
});

test("rule 3: nobody sends value to a sysvar or a native program", () => {
  for (const key of [systemProgram, programIds.ed25519, sysvarIds.clock, sysvarIds.instructions]) {
    const { host } = createWorld();
    const recipient = toAddress(key);
    expect(isFixedAddress(recipient)).toBe(true);
    const call = { kind: "call", scheme: "call", sender: toAddress(payer), gas: 100_000n, depth: 0, isStatic: false } as const;
    const result = host.call({ ...call, recipient, codeAddress: recipient, value: weiPerLamport, input: new Uint8Array(0) });
    expect(result).toMatchObject({ kind: "revert", refused: "notCallable" });
    expect(host.getBalance(recipient)).toBe(0n);
  }
  expect(isFixedAddress(toAddress(payer))).toBe(false);
});

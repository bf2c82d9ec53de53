// Accounts of the SVM under the switches and readers that know Ethereum's accounts.
import { keccak256, pubkeyFromBase58, toAddress, weiPerLamport } from "@trireme/core";
import { evm } from "@trireme/evm";
import { svm } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import { expect, it } from "vitest";
import { createChain } from "../create-chain.ts";
import { defineChain } from "../definition/define-chain.ts";
import type { ChainDevTools } from "../chain.ts";
import { word } from "../chain-fixture.mts";

const program = toAddress(pubkeyFromBase58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"));

const createSvmChain = () =>
  createChain(
    defineChain({ chainId: 31337, environments: [evm(), svm({ programs: splPrograms() })], dev: true, mining: { kind: "manual" } }),
  );

it("have the code that their proof's hash is of (rule 15)", async () => {
  const chain = await createSvmChain();
  const state = await chain.stateAt("latest");
  const code = state?.getCodeAt(program) ?? new Uint8Array(0);
  expect(code).toHaveLength(68);
  expect(state?.prove(program, []).codeHash).toEqual(keccak256(code));
  await chain.close();
});

it("take a balance of a developer's, and nothing that no journal takes: the chain goes on", async () => {
  const chain = await createSvmChain();
  const dev = chain.dev as ChainDevTools;
  const refusal = { code: "INVALID_ARGUMENT", message: expect.stringContaining("one of the SVM") as unknown };
  await expect(dev.setCode(program, Uint8Array.of(0))).rejects.toMatchObject(refusal);
  await expect(dev.setStorageAt(program, word(0n), word(1n))).rejects.toMatchObject(refusal);
  await expect(dev.setNonce(program, 1n)).rejects.toMatchObject(refusal);
  await dev.setBalance(program, 7n * weiPerLamport);
  await dev.mine();
  expect((await chain.getAccount(program))?.balance).toBe(7n * weiPerLamport);
  await chain.close();
});

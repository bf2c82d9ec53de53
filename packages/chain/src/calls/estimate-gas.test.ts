import { addressFromHex, hexToBytes } from "@trireme/core";
import { decodeHeader } from "@trireme/ethereum";
import { evm } from "@trireme/evm";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { createMemoryDatabase, createWorldState } from "@trireme/state";
import { expect, it } from "vitest";
import { contextOf, type BlockSeed } from "../block/block-seed.ts";
import { defineChain } from "../definition/define-chain.ts";
import { genesisRecord } from "../definition/genesis.ts";
import { estimateGas } from "./estimate-gas.ts";
import { simulate } from "./simulate.ts";
import { createSimulationFormat } from "./simulation-format.ts";

const definition = defineChain({ chainId: 1n, environments: [evm()] });
const context = contextOf(definition, decodeHeader(genesisRecord(definition).header) satisfies BlockSeed);
const to = addressFromHex("0x00000000000000000000000000000000000000ee");

/** The estimate for a loop of so many rounds, 26 gas each, and how many runs it took. */
function estimateLoop(rounds: number): { readonly gas: bigint; readonly runs: number; readonly isEnough: (gas: bigint) => boolean } {
  const real = createHostExecutor({ environments: [evm().create()], formats: [createSimulationFormat()] });
  let runs = 0;
  const executor: HostExecutor = {
    ...real,
    executeTransaction: (...given) => {
      runs++;
      return real.executeTransaction(...given);
    },
  };
  const code = hexToBytes(`0x62${rounds.toString(16).padStart(6, "0")}5b600190038060045700`);
  const plan = { request: { to }, context, stateOverrides: [[to, { code }]] as const, gasCap: 50_000_000n };
  const ground = { executor, reader: createWorldState({ database: createMemoryDatabase() }).reader, getBlockHash: () => undefined };
  const estimate = estimateGas(plan, ground);
  if (estimate.kind !== "estimated") throw new Error(estimate.kind);
  const isEnough = (gas: bigint): boolean => {
    const simulation = simulate(plan, ground, { gas });
    return simulation.kind === "executed" && simulation.result.kind === "success";
  };
  return { gas: estimate.gas, runs, isEnough };
}

it("is exact for a short call", () => {
  const { gas, isEnough } = estimateLoop(1_000);
  expect([isEnough(gas), isEnough(gas - 1n)]).toEqual([true, false]);
});

it("takes few runs for a long call, and asks for at most 1/64 too much", () => {
  const { gas, runs, isEnough } = estimateLoop(150_000);
  expect(runs).toBeLessThan(8);
  expect([isEnough(gas), isEnough(gas - gas / 64n - 1n)]).toEqual([true, false]);
});

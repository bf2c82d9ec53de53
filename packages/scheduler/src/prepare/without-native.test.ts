import Module from "node:module";
import type { TransactionFormat } from "@trireme/core";
import { afterEach, expect, it, vi } from "vitest";
import { prepareBatch } from "./prepare-batch.ts";

/** What `require` finds a file with. */
const loader = Module as unknown as { _resolveFilename: (request: string, ...rest: unknown[]) => string };
const resolveFilename = loader._resolveFilename;
afterEach(() => {
  loader._resolveFilename = resolveFilename;
});

/** Formats that look for their libraries anew, and what goes with them. */
async function load() {
  vi.resetModules();
  const [{ createEthereumFormat }, { solana }] = [await import("@trireme/ethereum"), await import("@trireme/svm")];
  const formats: readonly TransactionFormat[] = [createEthereumFormat(), solana().create()];
  return { formats, ...(await import("./sample-transactions.mts")) };
}

it("without secp256k1 and sodium-native, signatures are checked by other libraries, with the same result", async () => {
  const refused = new Set<string>();
  loader._resolveFilename = (request, ...rest) => {
    if (!/^(secp256k1|sodium-native)(\/|$)/.test(request)) return resolveFilename(request, ...rest);
    refused.add(request);
    throw new Error(`Cannot find module '${request}'`);
  };
  // First: what was found once is found again without being looked for.
  const { formats: portable, mixedTransactions, rules } = await load();
  expect([...refused].toSorted()).toEqual(["secp256k1/bindings.js", "sodium-native"]);
  loader._resolveFilename = resolveFilename;
  const { formats: installed } = await load();
  const raws = mixedTransactions(44);
  const decoded = prepareBatch(raws, portable, rules);
  expect(decoded).toEqual(prepareBatch(raws, installed, rules));
  expect(decoded.filter(({ kind }) => kind === "decoded")).toHaveLength(32);
});

/** Proves that the Stylus cases hold every price: with any one changed, a case fails. */
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { createWasm, stylusOpcodePrices } from "@trireme/wasm";
import { readObject, type JsonValue } from "../json-value.ts";
import { runStylusCase, type CreateWasm } from "../run-stylus-case.ts";
import { readStylusCase, type StylusCase } from "../stylus-case.ts";
import type { NumberMutant, PriceMutant } from "./price-mutants.ts";

/** A mutant, and the case that failed with it; undefined when all passed. */
export interface MutantVerdict {
  readonly mutant: PriceMutant;
  readonly caughtBy: string | undefined;
}

interface NamedCase {
  readonly name: string;
  readonly stylusCase: StylusCase;
}

/** Runs the cases of these files with each mutant alone, in order. @throws when a case fails without any */
export async function runPriceMutants(
  paths: readonly string[],
  mutants: readonly PriceMutant[],
  onVerdict: (verdict: MutantVerdict) => void,
): Promise<void> {
  const cases = paths.flatMap(readCases);
  const failing = caughtBy(cases, createWasm);
  if (failing !== undefined) throw new Error(`expected every case to pass before prices change, got a failure of ${failing}`);
  register(new URL("./mutant-hooks.mjs", import.meta.url));
  for (const mutant of mutants) onVerdict({ mutant, caughtBy: await runMutant(mutant, cases) });
}

async function runMutant(mutant: PriceMutant, cases: NamedCase[]): Promise<string | undefined> {
  if (mutant.kind === "number") return caughtBy(cases, await createMutant(mutant));
  const { byOpcode } = stylusOpcodePrices;
  const price = byOpcode[mutant.opcode] ?? Infinity;
  byOpcode[mutant.opcode] = mutant.price;
  try {
    return caughtBy(cases, createWasm);
  } finally {
    byOpcode[mutant.opcode] = price;
  }
}

/** The package's entry once more, with modules of its own. */
async function createMutant({ file, occurrence, from, to }: NumberMutant): Promise<CreateWasm> {
  const entry = new URL("../../../../packages/wasm/src/index.ts", import.meta.url).href;
  const mutant = encodeURIComponent(JSON.stringify({ file, occurrence, from, to }));
  const loaded = (await import(`${entry}?mutant=${mutant}`)) as { readonly createWasm: CreateWasm };
  return loaded.createWasm;
}

/** The first case that does not pass. It moves to the front: the next mutant is likely to be of its kind. */
function caughtBy(cases: NamedCase[], create: CreateWasm): string | undefined {
  for (const [index, { name, stylusCase }] of cases.entries()) {
    if (passes(stylusCase, create)) continue;
    cases.unshift(...cases.splice(index, 1));
    return name;
  }
  return undefined;
}

function passes(stylusCase: StylusCase, create: CreateWasm): boolean {
  try {
    return runStylusCase(stylusCase, create) === undefined;
  } catch {
    return false;
  }
}

function readCases(path: string): NamedCase[] {
  const file = readObject(JSON.parse(readFileSync(path, "utf8")) as JsonValue, path);
  return Object.entries(file).map(([name, value]) => ({ name, stylusCase: readStylusCase(value) }));
}

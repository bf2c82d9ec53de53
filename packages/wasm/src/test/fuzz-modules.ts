/** Damaged modules against V8's judgement, as far as each of them gets: decoder, validator, activation, a run. */
import { isDeepStrictEqual } from "node:util";
import { isTriremeError, zeroHash } from "@trireme/core";
import { activate } from "../activation/activate.ts";
import { checkProgram } from "../activation/program-rules.ts";
import { decodeModule } from "../binary/decode/decode-module.ts";
import { encodeModule } from "../binary/encode/encode-module.ts";
import { parseModule } from "../binary/parse-module.ts";
import { WasmFaultError, type WasmFaultCode } from "../binary/wasm-fault.ts";
import type { WasmModule } from "../binary/wasm-module.ts";
import { wasmRules, type ArbosVersion } from "../binary/wasm-rules.ts";
import { instrument } from "../instrument/instrument.ts";
import { createStylusParameters, type StylusParameters } from "../pricing/stylus-parameters.ts";
import { createMutantRunner, type MutantRunner } from "./mutant-runner.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { mutateModule } from "./mutate-module.ts";
import { createRandom, type Random } from "./random.ts";

/** How far mutants get, in this order. */
export const fuzzStages = ["decoded", "validated", "instrumented", "keeps the rules", "activated", "compiled by V8", "ran"] as const;
/** One of them. */
export type FuzzStage = (typeof fuzzStages)[number];

/** What a run of the fuzzer saw. */
export interface FuzzReport {
  readonly mutants: number;
  readonly reached: Readonly<Record<FuzzStage, number>>;
  /** Mutants that were damaged as bytes, and those of them that the decoder takes. */
  readonly fromBytes: number;
  readonly fromBytesDecoded: number;
  /** Why the others were refused. */
  readonly faults: Readonly<Record<string, number>>;
  /** How those that ran ended. */
  readonly ends: Readonly<Record<string, number>>;
  /** The first that broke a promise: nothing behind it was tried. */
  readonly violation: FuzzViolation | undefined;
}

/** A promise that does not hold for a mutant. */
export interface FuzzViolation {
  readonly mutant: number;
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Refusals of modules that may well be WebAssembly: other features, Stylus' own rules, forms that a later V8 may know. */
const ours: ReadonlySet<WasmFaultCode> = new Set(["notSupported", "limitExceeded", "stylusRule", "badConstant", "badForm"]);

/** Damages `seeds` in `count` ways and holds each mutant against what the package promises; one seed number, one report. */
export function fuzzModules(seeds: readonly Uint8Array[], count: number, seed: number): FuzzReport {
  const modules = seeds.map(moduleOf);
  const random = createRandom(seed);
  const runner = createMutantRunner();
  const parameters = { 51: createStylusParameters({ arbosVersion: 51 }), 60: createStylusParameters() };
  const report = {
    mutants: 0,
    reached: Object.fromEntries(fuzzStages.map((stage) => [stage, 0])) as Record<FuzzStage, number>,
    fromBytes: 0,
    fromBytesDecoded: 0,
    faults: {} as Record<string, number>,
    ends: {} as Record<string, number>,
    violation: undefined as FuzzViolation | undefined,
  };
  for (let mutant = 0; mutant < count && report.violation === undefined; mutant++) {
    const which = random.below(seeds.length);
    const version: ArbosVersion = random.below(4) === 0 ? 60 : 51;
    const isFromBytes = random.below(2) === 0;
    const bytes = damaged(seeds[which] as Uint8Array, modules[which] as WasmModule, isFromBytes, random);
    const reached: FuzzStage[] = [];
    const note = (counts: "faults" | "ends", key: string): void => void (report[counts][key] = (report[counts][key] ?? 0) + 1);
    try {
      examine(bytes, parameters[version], { runner, reach: (stage) => reached.push(stage), note });
    } catch (error) {
      const what = error instanceof BrokenPromise ? error.message : `threw ${String(error instanceof Error ? error.stack : error)}`;
      report.violation = { mutant, what, bytes };
    }
    report.mutants++;
    for (const stage of reached) report.reached[stage]++;
    if (isFromBytes) report.fromBytes++;
    if (isFromBytes && reached.length > 0) report.fromBytesDecoded++;
  }
  return report;
}

interface Examination {
  readonly runner: MutantRunner;
  readonly reach: (stage: FuzzStage) => void;
  readonly note: (counts: "faults" | "ends", key: string) => void;
}

class BrokenPromise extends Error {}

function examine(bytes: Uint8Array, parameters: StylusParameters, { runner, reach, note }: Examination): void {
  const rules = wasmRules(parameters.arbosVersion);
  const decoded = decodeModule(bytes, rules);
  if (decoded.kind === "decoded") {
    reach("decoded");
    const again = decodeModule(encodeModule(decoded.module), rules);
    if (again.kind === "invalid") throw new BrokenPromise(`what was encoded again is refused: ${again.fault.message}`);
    if (!isDeepStrictEqual(again.module, decoded.module)) throw new BrokenPromise("what was encoded again is another module");
  }
  const parsed = parseModule(bytes, rules);
  const options = { parameters, isDebug: false, codeHash: zeroHash };
  const activated = activate(bytes, options);
  if (parsed.kind === "invalid") {
    const { code, message } = parsed.fault;
    note("faults", code);
    if (!ours.has(code) && WebAssembly.validate(bytes)) throw new BrokenPromise(`refused (${code}: ${message}), and V8 takes it`);
    if (activated.kind === "activated") throw new BrokenPromise(`refused (${code}: ${message}), and activated`);
    return;
  }
  reach("validated");
  if (!WebAssembly.validate(bytes)) throw new BrokenPromise("accepted, and V8 refuses it");
  if (!WebAssembly.validate(encodeModule(parsed.module))) throw new BrokenPromise("accepted, and V8 refuses what is encoded again");

  const instrumented = instrument(parsed.module, { isDebug: false });
  if (instrumented.kind === "instrumented") {
    reach("instrumented");
    try {
      checkProgram(parsed.module, parsed.sizes, instrumented, { isDebug: false, pageBudget: parameters.pageLimit });
      reach("keeps the rules");
    } catch (error) {
      if (!(error instanceof WasmFaultError)) throw error;
    }
  }
  if (activated.kind === "invalid") return note("faults", `activation: ${activated.fault.code}`);
  reach("activated");
  if (!WebAssembly.validate(activated.bytes)) throw new BrokenPromise("activated, and V8 refuses the instrumented module");
  const program = runner.compile(activated.bytes);
  reach("compiled by V8");
  const ends = [0, 1].map(() => runOf(() => runner.run(program, activated.footprint, parameters)));
  reach("ran");
  note("ends", ends[0]?.kind ?? "");
  if (!isDeepStrictEqual(ends[0], ends[1])) {
    throw new BrokenPromise(`ran as ${JSON.stringify(ends[0])}, and in the same instance again as ${JSON.stringify(ends[1])}`);
  }
}

/** How a run ended; a fault of the host that has a name is an end too. */
function runOf<T extends { readonly kind: string }>(run: () => T): T | { readonly kind: string } {
  try {
    return run();
  } catch (error) {
    if (isTriremeError(error) && error.code === "STACK_OVERFLOW") return { kind: error.code };
    throw error;
  }
}

function damaged(bytes: Uint8Array, module: WasmModule, isFromBytes: boolean, random: Random): Uint8Array {
  return isFromBytes ? mutateBytes(bytes, random) : encodeModule(mutateModule(module, random));
}

function moduleOf(bytes: Uint8Array): WasmModule {
  const parsed = parseModule(bytes, wasmRules(51));
  if (parsed.kind === "invalid") throw new Error(parsed.fault.message);
  return parsed.module;
}

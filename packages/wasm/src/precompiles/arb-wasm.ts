/** ArbWasm (0x71): activation, and views of parameters and programs (nitro-precompile-interfaces, ArbWasm.sol). */
import type { Hash } from "@trireme/core";
import { programStatus, programTimeLeft } from "../activation/program-age.ts";
import type { ProgramRecord } from "../activation/program-record.ts";
import { cachedInitGas, startGas } from "../pricing/program-gas.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";
import { encodeWords, type AbiWord } from "./abi.ts";
import { activateProgram, addressIn, codehashKeepalive, parametersGas } from "./activate-program.ts";
import { createPrecompile, PrecompileRevert, storageReadGas, type Precompile, type PrecompileCall, type PrecompileMethod } from "./precompile.ts";
import { inactiveProgram } from "./program-errors.ts";
import { readProgramRecord } from "./program-store.ts";
import { arbWasmAddress } from "./system-addresses.ts";

/** EIP-2929: reading the code hash of another account. */
const codeHashGas = 2600;
const minInitUnit = 128;
const minCachedInitUnit = 32;
const scalarUnit = 2;

/** A view of the chain's parameters. */
function parameterView(name: string, read: (parameters: StylusParameters) => readonly AbiWord[]): PrecompileMethod {
  return {
    signature: `${name}()`,
    kind: "view",
    run({ rules, gas }) {
      gas.burn(parametersGas);
      return encodeWords(...read(rules.parameters));
    },
  };
}

type ReadProgram = (record: ProgramRecord, parameters: StylusParameters, ageSeconds: number) => readonly AbiWord[];

/** A view of an active program, named by its code hash. */
function codehashView(name: string, read: ReadProgram): PrecompileMethod {
  return { signature: `${name}(bytes32)`, kind: "view", run: (call, word) => viewProgram(call, word as Hash, read) };
}

/** A view of an active program, named by an account that has its code. */
function programView(name: string, read: ReadProgram): PrecompileMethod {
  return {
    signature: `${name}(address)`,
    kind: "view",
    run(call, word) {
      call.gas.burn(codeHashGas);
      return viewProgram(call, call.host.getCodeHash(addressIn(word)), read);
    },
  };
}

function viewProgram({ host, rules, gas }: PrecompileCall, codeHash: Hash, read: ReadProgram): Uint8Array {
  const { parameters } = rules;
  gas.burn(parametersGas + storageReadGas);
  const record = readProgramRecord(host, codeHash);
  const status = programStatus(record, Number(host.block.timestamp), parameters);
  if (status.kind !== "active") throw new PrecompileRevert(inactiveProgram(status), status.kind);
  return encodeWords(...read(record, parameters, status.ageSeconds));
}

/** The methods of ArbWasm. */
const methods: readonly PrecompileMethod[] = [
  activateProgram,
  codehashKeepalive,
  parameterView("stylusVersion", ({ stylusVersion }) => [stylusVersion]),
  parameterView("inkPrice", ({ inkPrice }) => [inkPrice]),
  parameterView("maxStackDepth", ({ maxStackDepth }) => [maxStackDepth]),
  parameterView("freePages", ({ freePages }) => [freePages]),
  parameterView("pageGas", ({ pageGas }) => [pageGas]),
  parameterView("pageRamp", ({ pageRamp }) => [pageRamp]),
  parameterView("pageLimit", ({ pageLimit }) => [pageLimit]),
  parameterView("minInitGas", ({ minInitGas, minCachedInitGas }) => [minInitGas * minInitUnit, minCachedInitGas * minCachedInitUnit]),
  parameterView("initCostScalar", ({ initCostScalar }) => [initCostScalar * scalarUnit]),
  parameterView("expiryDays", ({ expiryDays }) => [expiryDays]),
  parameterView("keepaliveDays", ({ keepaliveDays }) => [keepaliveDays]),
  parameterView("blockCacheSize", ({ blockCacheSize }) => [blockCacheSize]),
  {
    signature: "activationGas()",
    kind: "view",
    since: 60,
    run({ rules, gas }) {
      gas.burn(storageReadGas);
      return encodeWords(rules.parameters.activationGas);
    },
  },
  codehashView("codehashVersion", ({ version }) => [version]),
  codehashView("codehashAsmSize", ({ asmEstimateKb }) => [asmEstimateKb * 1024]),
  programView("programVersion", ({ version }) => [version]),
  programView("programInitGas", (record, parameters) => [
    startGas(record, false, parameters),
    cachedInitGas(record.cachedCost, parameters),
  ]),
  programView("programMemoryFootprint", ({ footprint }) => [footprint]),
  programView("programTimeLeft", (_record, parameters, ageSeconds) => [programTimeLeft(ageSeconds, parameters)]),
];

/** ArbWasm. */
export const arbWasm: Precompile = createPrecompile(arbWasmAddress, methods);

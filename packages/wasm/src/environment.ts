/** Stylus as an execution environment: finds the program of a call, runs it, and makes a result of its outcome. */
import { equalBytes, type Address, type CallMessage, type ExecutionEnvironment, type ExecutionResult, type Host } from "@trireme/core";
import { componentKind } from "./activation/component-code.ts";
import { programStatus } from "./activation/program-age.ts";
import { createProgramFrame } from "./hostio/program-frame.ts";
import { programsOf } from "./hostio/transaction-programs.ts";
import { arbWasmCache } from "./precompiles/arb-wasm-cache.ts";
import { arbOwnerPublic } from "./precompiles/arb-owner-public.ts";
import { arbWasm } from "./precompiles/arb-wasm.ts";
import type { Precompile, PrecompileRules } from "./precompiles/precompile.ts";
import { inactiveProgram } from "./precompiles/program-errors.ts";
import { readProgramRecord } from "./precompiles/program-store.ts";
import { isProgram } from "./precompiles/program-wasm.ts";
import { arbOwnerPublicAddress, arbWasmAddress, arbWasmCacheAddress } from "./precompiles/system-addresses.ts";
import { frameGas } from "./pricing/ink.ts";
import { pageGasCost, pagesAdded, pageSize } from "./pricing/memory-pages.ts";
import { startGas } from "./pricing/program-gas.ts";
import { createStylusParameters, type StylusParameters } from "./pricing/stylus-parameters.ts";
import { createProgramCache } from "./runtime/program-cache.ts";
import { rememberProgram } from "./runtime/recent-programs.ts";
import { resultOfOutcome } from "./runtime/program-result.ts";
import { runProgram } from "./runtime/run-program.ts";

/** Options of the WASM environment. They survive a structured clone, so that another thread can make the same one. */
export interface WasmOptions {
  /** What differs from an Arbitrum chain's defaults: StylusVersion 2 on ArbOS 60. */
  readonly parameters?: Partial<StylusParameters>;
  /** A development chain: programs may import `console` and `debug`, and have a start function. */
  readonly isDebug?: boolean;
  /** Who may cache and evict programs; nobody by default. */
  readonly cacheManagers?: readonly Address[];
  /** Who gets the fees for programs' data; the block's coinbase by default. */
  readonly feeAccount?: Address;
}

/** What Stylus' code begins with: programs (00), fragments (01) and roots (02). */
const codePrefix = Uint8Array.of(0xef, 0xf0);
/** The code of Arbitrum's precompiles: Solidity looks whether there is any. */
const precompileCode = Uint8Array.of(0xfe);

/** As on Arbitrum, warm from the start of every transaction. */
const precompileAddresses = [arbOwnerPublicAddress, arbWasmAddress, arbWasmCacheAddress];

/** A WASM environment for this thread. */
export function createWasm(options: WasmOptions = {}): ExecutionEnvironment {
  const parameters = createStylusParameters(options.parameters);
  const { inkPrice, maxStackDepth } = parameters;
  const { isDebug = false, cacheManagers = [], feeAccount } = options;
  const rules: PrecompileRules = { parameters, isDebug, cacheManagers, feeAccount };
  const cache = createProgramCache(parameters, isDebug);

  const callProgram = (message: CallMessage, host: Host): ExecutionResult => {
    const { codeAddress } = message;
    const code = host.getCode(codeAddress);
    // The EVM would run it, and stop at its first byte (EIP-3541).
    if (!isProgram(code, parameters)) return { kind: "halt", reason: "invalidOpcode", detail: "expected the code of a program" };
    const codeHash = host.getCodeHash(codeAddress);
    const record = readProgramRecord(host, codeHash);
    const status = programStatus(record, Number(host.block.timestamp), parameters);
    if (status.kind !== "active") {
      return { kind: "revert", gasLeft: message.gas, output: inactiveProgram(status), error: `program: ${status.kind}` };
    }
    const programs = programsOf(host.transaction);
    const gas = frameGas(message.gas, inkPrice);
    const isCached = rememberProgram(programs, codeHash, parameters) || record.cached;
    const startCost = pageGasCost(record.footprint, programs.pages, parameters) + startGas(record, isCached, parameters);
    if (startCost > gas) return { kind: "halt", reason: "outOfGas", detail: "start of the program" };
    if (!host.reserveMemory(record.footprint * pageSize)) return { kind: "halt", reason: "memoryLimit", detail: "start of the program" };
    const program = cache.get(host, code, codeHash);
    const instance = program.acquire();
    const { open } = programs.pages;
    programs.pages = pagesAdded(record.footprint, programs.pages);
    try {
      const { meter, memory } = instance;
      const frame = createProgramFrame({ host, message, parameters, programs, meter, memory });
      const outcome = runProgram(instance, frame, (gas - startCost) * inkPrice, maxStackDepth);
      if (host.tracer?.units !== undefined) {
        const limit = gas * inkPrice;
        const left = "ink" in outcome ? outcome.ink : 0;
        host.tracer.units({ unit: "ink", limit: BigInt(limit), used: BigInt(limit - left) });
      }
      return resultOfOutcome(outcome, { inkPrice, given: gas, spare: message.gas - BigInt(gas), refund: frame.refund });
    } finally {
      program.release(instance);
      // However the frame ended, its pages go back; the most that were open stay.
      programs.pages = { open, ever: programs.pages.ever };
    }
  };

  return {
    id: "wasm",
    claims: { kind: "prefix", prefix: codePrefix },
    allowsCode: (code) => componentKind(code, parameters) !== undefined,
    runsAddress: (address) => precompileAt(address) !== undefined,
    warmAddresses: precompileAddresses,
    writeGenesis(host) {
      for (const address of precompileAddresses) {
        host.setNonce(address, 1n);
        host.setCode(address, precompileCode);
      }
    },
    compileAhead(address, host) {
      const code = host.getCode(address);
      if (!isProgram(code, parameters)) return;
      const codeHash = host.getCodeHash(address);
      const { kind } = programStatus(readProgramRecord(host, codeHash), Number(host.block.timestamp), parameters);
      if (kind !== "active") return;
      const program = cache.get(host, code, codeHash);
      program.release(program.acquire());
    },
    execute(message, host) {
      if (message.kind !== "call") return { kind: "halt", reason: "invalidCode", detail: "WASM programs are called, not created" };
      const precompile = precompileAt(message.codeAddress);
      return precompile === undefined ? callProgram(message, host) : precompile({ host, message, rules });
    },
  };
}

function precompileAt(address: Address): Precompile | undefined {
  const last = address[19];
  if (last === 0x6b && equalBytes(address, arbOwnerPublicAddress)) return arbOwnerPublic;
  if (last === 0x71 && equalBytes(address, arbWasmAddress)) return arbWasm;
  return last === 0x72 && equalBytes(address, arbWasmCacheAddress) ? arbWasmCache : undefined;
}

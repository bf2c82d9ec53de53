/** `activateProgram` and `codehashKeepalive`: what makes a program callable, and keeps it so. */
import { emptyBytes, type Address, type Hash } from "@trireme/core";
import { activate } from "../activation/activate.ts";
import { activationFixedGas } from "../activation/activation-cost.ts";
import { componentKind, fragmentReadGas } from "../activation/component-code.ts";
import { priceData } from "../activation/data-pricer.ts";
import { canKeepAlive, hoursSinceArbitrum, isUpToDate, programStatus } from "../activation/program-age.ts";
import type { WasmFault } from "../binary/wasm-fault.ts";
import { programsOf } from "../hostio/transaction-programs.ts";
import { encodeWords } from "./abi.ts";
import { emitEvent, PrecompileRevert, storageReadGas, storageWriteGas, type PrecompileCall, type PrecompileMethod } from "./precompile.ts";
import { inactiveProgram, programInsufficientValue, programKeepaliveTooSoon, programNotWasm, programUpToDate } from "./program-errors.ts";
import { readDataPricer, readProgramRecord, writeDataPricer, writeModuleHash, writeProgramRecord } from "./program-store.ts";
import { readProgramWasm } from "./program-wasm.ts";
import { arbWasmAddress } from "./system-addresses.ts";

/** Reading the chain's parameters. */
export const parametersGas = 100;
/** Five fields are read, two written. */
const pricerGas = 5 * storageReadGas + 2 * storageWriteGas;
const kilobyte = 1024;
/** EIP-170. */
const maxCodeSize = 24_576;

/** `activateProgram(address) payable` gives (uint16 version, uint256 dataFee). */
export const activateProgram: PrecompileMethod = {
  signature: "activateProgram(address)",
  kind: "payable",
  run(call, program) {
    const { host, rules, gas } = call;
    const { parameters } = rules;
    const address = addressIn(program);
    // Since ArbOS 60 there is an amount beside the fixed one: reading it costs as any storage does, even where it is 0.
    if (parameters.arbosVersion >= 60) gas.burn(storageReadGas + parameters.activationGas);
    gas.burn(activationFixedGas);
    if (host.isDestroyed(address)) throw new PrecompileRevert(emptyBytes, "self destructed");
    gas.burn(parametersGas + storageReadGas);
    const codeHash = host.getCodeHash(address);
    const time = Number(host.block.timestamp);
    const before = readProgramRecord(host, codeHash);
    if (isUpToDate(before, time, parameters)) throw new PrecompileRevert(programUpToDate, "ProgramUpToDate()");
    const wasm = wasmOf(call, address);
    const open = programsOf(host.transaction).pages.open;
    const pageBudget = Math.max(0, parameters.pageLimit - open);
    const activated = activate(wasm, { parameters, codeHash, isDebug: rules.isDebug, pageBudget });
    if (activated.kind === "invalid") throw new PrecompileRevert(emptyBytes, refusalText(activated.fault), true);
    gas.burn(activated.activationGas);
    // The module that the cache has is looked up before the record names another one.
    if (before.cached) gas.burn(storageReadGas);
    gas.burn(storageWriteGas);
    writeModuleHash(host, codeHash, activated.moduleHash);
    const fee = chargeData(call, activated.asmEstimate);
    gas.burn(storageWriteGas);
    const version = parameters.stylusVersion;
    writeProgramRecord(host, codeHash, {
      version,
      initCost: activated.initCost,
      cachedCost: activated.cachedCost,
      footprint: activated.footprint,
      activatedAt: hoursSinceArbitrum(time),
      asmEstimateKb: Math.ceil(activated.asmEstimate / kilobyte),
      cached: before.cached,
    });
    payData(call, fee);
    emitEvent(call, "ProgramActivated(bytes32,bytes32,address,uint256,uint16)", [codeHash], [activated.moduleHash, address, fee, version]);
    return encodeWords(version, fee);
  },
};

/** `codehashKeepalive(bytes32) payable`: the program's age starts anew. */
export const codehashKeepalive: PrecompileMethod = {
  signature: "codehashKeepalive(bytes32)",
  kind: "payable",
  run(call, word) {
    const { host, rules, gas } = call;
    const codeHash = word as Hash;
    gas.burn(parametersGas + storageReadGas);
    const time = Number(host.block.timestamp);
    const record = readProgramRecord(host, codeHash);
    const status = programStatus(record, time, rules.parameters);
    if (status.kind !== "active") throw new PrecompileRevert(inactiveProgram(status), status.kind);
    if (!canKeepAlive(status.ageSeconds, rules.parameters)) {
      throw new PrecompileRevert(programKeepaliveTooSoon(status.ageSeconds), "ProgramKeepaliveTooSoon(uint64)");
    }
    const fee = chargeData(call, record.asmEstimateKb * kilobyte);
    gas.burn(storageWriteGas);
    writeProgramRecord(host, codeHash, { ...record, activatedAt: hoursSinceArbitrum(time) });
    payData(call, fee);
    emitEvent(call, "ProgramLifetimeExtended(bytes32,uint256)", [codeHash], [fee]);
    return emptyBytes;
  },
};

/** What people read of a refusal: its code, then what was expected and what came. */
function refusalText({ code, message }: WasmFault): string {
  return `program activation failed: ${code}: ${message}`;
}

/** The address in an argument's word. */
export function addressIn(word: Uint8Array): Address {
  return word.slice(12) as Address;
}

function wasmOf({ host, rules, gas }: PrecompileCall, address: Address): Uint8Array {
  const { parameters } = rules;
  const code = host.getCode(address);
  if (code.length === 0) throw new PrecompileRevert(programNotWasm, "ProgramNotWasm()");
  const kind = componentKind(code, parameters);
  if (kind === "fragment") throw new PrecompileRevert(emptyBytes, "a fragment cannot be activated, only its root");
  if (kind === undefined) {
    // Before ArbOS 60 this is no error of Solidity's.
    throw new PrecompileRevert(parameters.arbosVersion >= 60 ? programNotWasm : emptyBytes, "ProgramNotWasm()");
  }
  const read = readProgramWasm(code, parameters, (fragment) => {
    // A fragment is read by those who could pay for the largest one (nitro, arbos/programs/programs.go).
    gas.need(fragmentReadGas(maxCodeSize, host.isWarmAccount(fragment)));
    const part = host.getCode(fragment);
    gas.burn(fragmentReadGas(part.length, host.accessAccount(fragment)));
    return part;
  });
  if (read.kind === "invalid") throw new PrecompileRevert(emptyBytes, refusalText(read.fault));
  return read.bytes;
}

/** Adds the program's bytes to the demand; wei. */
function chargeData({ host, gas }: PrecompileCall, asmBytes: number): bigint {
  gas.burn(pricerGas);
  const { fee, pricer } = priceData(readDataPricer(host), asmBytes, Number(host.block.timestamp));
  writeDataPricer(host, pricer);
  return fee;
}

/** The fee goes to the chain, what was sent beyond it back. */
function payData({ host, message, rules, gas }: PrecompileCall, fee: bigint): void {
  const { value, sender } = message;
  if (value < fee) {
    throw new PrecompileRevert(programInsufficientValue(value, fee), "ProgramInsufficientValue(uint256,uint256)");
  }
  gas.burn(storageReadGas);
  host.transfer(arbWasmAddress, rules.feeAccount ?? host.block.coinbase, fee);
  if (value > fee) host.transfer(arbWasmAddress, sender, value - fee);
}

/** ArbWasmCache (0x72): which programs start like cached ones (nitro-precompile-interfaces, ArbWasmCache.sol). */
import { emptyBytes, equalBytes, type Address, type Hash } from "@trireme/core";
import { isExpired, programAge } from "../activation/program-age.ts";
import { encodeAddresses, encodeWords } from "./abi.ts";
import { addressIn, parametersGas } from "./activate-program.ts";
import {
  createPrecompile,
  emitEvent,
  PrecompileRevert,
  storageReadGas,
  storageWriteGas,
  type Precompile,
  type PrecompileCall,
  type PrecompileMethod,
} from "./precompile.ts";
import { inactiveProgram } from "./program-errors.ts";
import { readProgramRecord, writeProgramRecord } from "./program-store.ts";
import { arbWasmCacheAddress } from "./system-addresses.ts";

/** EIP-2929: reading the code hash of another account. */
const codeHashGas = 2600;

function setCached(call: PrecompileCall, codeHash: Hash, cached: boolean): Uint8Array {
  const { host, message, rules, gas } = call;
  const { parameters, cacheManagers } = rules;
  if (!isAmong(cacheManagers, message.sender)) throw new PrecompileRevert(emptyBytes, "only for cache managers", true);
  gas.burn(parametersGas + storageReadGas);
  const record = readProgramRecord(host, codeHash);
  const ageSeconds = programAge(record.activatedAt, Number(host.block.timestamp));
  if (cached && record.version !== parameters.stylusVersion) {
    const { stylusVersion } = parameters;
    throw new PrecompileRevert(inactiveProgram({ kind: "needsUpgrade", version: record.version, stylusVersion }), "ProgramNeedsUpgrade");
  }
  if (cached && isExpired(ageSeconds, parameters)) {
    throw new PrecompileRevert(inactiveProgram({ kind: "expired", ageSeconds }), "ProgramExpired");
  }
  if (record.cached === cached) return emptyBytes;
  emitEvent(call, "UpdateProgramCache(address,bytes32,bool)", [message.sender, codeHash], [cached]);
  gas.burn(record.initCost + storageReadGas + storageWriteGas);
  writeProgramRecord(host, codeHash, { ...record, cached });
  return emptyBytes;
}

function isAmong(addresses: readonly Address[], address: Uint8Array): boolean {
  return addresses.some((other) => equalBytes(other, address));
}

const methods: readonly PrecompileMethod[] = [
  {
    signature: "cacheProgram(address)",
    kind: "write",
    run(call, word) {
      call.gas.burn(codeHashGas);
      return setCached(call, call.host.getCodeHash(addressIn(word)), true);
    },
  },
  { signature: "evictCodehash(bytes32)", kind: "write", run: (call, word) => setCached(call, word as Hash, false) },
  {
    signature: "codehashIsCached(bytes32)",
    kind: "view",
    run({ host, gas }, word) {
      gas.burn(storageReadGas);
      return encodeWords(readProgramRecord(host, word as Hash).cached);
    },
  },
  {
    signature: "isCacheManager(address)",
    kind: "view",
    run({ rules, gas }, word) {
      gas.burn(storageReadGas);
      return encodeWords(isAmong(rules.cacheManagers, addressIn(word)));
    },
  },
  {
    signature: "allCacheManagers()",
    kind: "view",
    run({ rules, gas }) {
      gas.burn(storageReadGas * (1 + rules.cacheManagers.length));
      return encodeAddresses(rules.cacheManagers);
    },
  },
];

/** ArbWasmCache. */
export const arbWasmCache: Precompile = createPrecompile(arbWasmCacheAddress, methods);

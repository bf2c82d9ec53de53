/**
 * What the chain knows about programs, in the storage of ArbWasm's account, so that it is journaled and under the state
 * root: the record of a program under its code hash, its module hash under keccak256(code hash ‖ 01), the price of data
 * under the key 0.
 */
import { bigintToBytes, bytesToBigint, concatBytes, keccak256, type Hash, type Host } from "@trireme/core";
import { initialDataPricer, type DataPricer } from "../activation/data-pricer.ts";
import { decodeProgramRecord, encodeProgramRecord, type ProgramRecord } from "../activation/program-record.ts";
import { arbWasmAddress } from "./system-addresses.ts";

const pricerKey = new Uint8Array(32);

/** The record of a program; version 0 where it was never activated. */
export function readProgramRecord(host: Pick<Host, "getStorage">, codeHash: Hash): ProgramRecord {
  return decodeProgramRecord(host.getStorage(arbWasmAddress, codeHash));
}

/** Keeps a record. */
export function writeProgramRecord(host: Host, codeHash: Hash, record: ProgramRecord): void {
  write(host, codeHash, encodeProgramRecord(record));
}

/** Keeps the name of a program as it runs. */
export function writeModuleHash(host: Host, codeHash: Hash, moduleHash: Hash): void {
  write(host, keccak256(concatBytes(codeHash, Uint8Array.of(1))), moduleHash);
}

/** The state of the price of data. */
export function readDataPricer(host: Pick<Host, "getStorage">): DataPricer {
  const word = host.getStorage(arbWasmAddress, pricerKey);
  const field = (start: number, end: number): number => Number(bytesToBigint(word.subarray(start, end)));
  const inertia = field(20, 24);
  if (inertia === 0) return initialDataPricer;
  return { demand: field(0, 4), bytesPerSecond: field(4, 8), lastUpdateTime: field(8, 16), minPrice: field(16, 20), inertia };
}

/** Keeps the state of the price of data: u32 demand, u32 rate, u64 time, u32 least price, u32 inertia, 8 zeros. */
export function writeDataPricer(host: Host, { demand, bytesPerSecond, lastUpdateTime, minPrice, inertia }: DataPricer): void {
  const u32 = (value: number): Uint8Array => bigintToBytes(BigInt(value), 4);
  const time = bigintToBytes(BigInt(lastUpdateTime), 8);
  write(host, pricerKey, concatBytes(u32(demand), u32(bytesPerSecond), time, u32(minPrice), u32(inertia), new Uint8Array(8)));
}

function write(host: Host, key: Uint8Array, value: Uint8Array): void {
  // An account without a nonce would go with its slots when the transaction ends (EIP-161).
  if (host.getNonce(arbWasmAddress) === 0n) host.setNonce(arbWasmAddress, 1n);
  host.setStorage(arbWasmAddress, key, value);
}

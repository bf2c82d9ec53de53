/** A chain in a test: the model host with the WASM environment, and accounts with programs that are activated. */
import {
  addressFromHex,
  bigintToBytes,
  concatBytes,
  emptyBytes,
  type Address,
  type CallMessage,
  type ExecutionEnvironment,
  type ExecutionResult,
} from "@trireme/core";
import { createModelHost, stylusCode, testBlock, testTransaction, type ModelHost } from "@trireme/testing";
import { createWasm, type WasmOptions } from "../environment.ts";
import { signatureHash } from "../precompiles/abi.ts";
import { arbWasmAddress } from "../precompiles/system-addresses.ts";
import { bytesFromWat } from "./wat.ts";

/** A model host and shorthands for it. */
export interface StylusMachine {
  readonly host: ModelHost;
  readonly environment: ExecutionEnvironment;
  /** Puts a program, as text or bytes, at an address, the next free one by default, and activates it. */
  deploy(program: string | Uint8Array, address?: Address): Address;
  /** Runs a frame from outside: the wallet calls with 100 million gas. */
  call(target: Address, part?: Partial<CallMessage>): ExecutionResult;
  /** Calls a method of a precompile with words as its arguments. */
  callMethod(target: Address, signature: string, words?: readonly Uint8Array[], part?: Partial<CallMessage>): ExecutionResult;
  /** A transaction of its own: nothing is warm, no pages are open. */
  nextTransaction(): void;
}

/** What a machine has beside the WASM environment. */
export interface StylusMachineOptions extends WasmOptions {
  readonly neighbours?: readonly ExecutionEnvironment[];
  /** Unix seconds. */
  readonly timestamp?: bigint;
  /** In bytes. */
  readonly memoryBudget?: number;
}

/** 2026-01-01: programs that are activated then have an age. */
export const testTime = 1_767_225_600n;
/** Calls from outside come from here; it has 10^24 wei. */
export const wallet: Address = addressFromHex("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
/** An account that does not exist. */
export const nobody: Address = addressFromHex("0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");

/** A machine with nothing deployed. */
export function createStylusMachine(options: StylusMachineOptions = {}): StylusMachine {
  const { neighbours = [], timestamp = testTime, memoryBudget, ...wasmOptions } = options;
  const environment = createWasm(wasmOptions);
  // The model host has one transaction context for good; each transaction here has its own.
  let transaction = { ...testTransaction, origin: wallet };
  const host = createModelHost({
    environments: [environment, ...neighbours],
    block: { ...testBlock, timestamp },
    ...(memoryBudget === undefined ? {} : { memoryBudget }),
  });
  Object.defineProperty(host, "transaction", { get: () => transaction });
  host.setBalance(wallet, 10n ** 24n);
  let deployed = 0;
  const call: StylusMachine["call"] = (target, part = {}) =>
    host.call({
      kind: "call",
      scheme: "call",
      sender: wallet,
      recipient: target,
      codeAddress: target,
      value: 0n,
      input: emptyBytes,
      gas: 100_000_000n,
      depth: 0,
      isStatic: false,
      ...part,
    });
  const machine: StylusMachine = {
    host,
    environment,
    call,
    deploy(program, address = addressFromHex(`0x${(0xc0de00 + ++deployed).toString(16).padStart(40, "0")}`)) {
      host.setCode(address, stylusCode(typeof program === "string" ? bytesFromWat(program) : program));
      const result = machine.callMethod(arbWasmAddress, "activateProgram(address)", [addressWord(address)], { value: 10n ** 18n });
      if (result.kind !== "success") throw new Error(`not activated: ${JSON.stringify({ ...result, gasLeft: undefined })}`);
      machine.nextTransaction();
      return address;
    },
    callMethod: (target, signature, words = [], part = {}) =>
      call(target, { input: concatBytes(signatureHash(signature).subarray(0, 4), ...words), ...part }),
    nextTransaction() {
      host.endTransaction();
      host.beginTransaction();
      transaction = { ...testTransaction, origin: wallet };
    },
  };
  return machine;
}

/** An address as an argument. */
export function addressWord(address: Address): Uint8Array {
  return concatBytes(new Uint8Array(12), address);
}

/** A number as a word. */
export function word(value: bigint): Uint8Array {
  return bigintToBytes(value, 32);
}

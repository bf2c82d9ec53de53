/** Contracts of the golden chain across VMs: in each VM one that counts its calls, and one that calls on. */
import { bytesToBigint, concatBytes, type Address } from "@trireme/core";
import { assemble, writeElf } from "@trireme/svm";
import { createEvmKit, createWasmKit, stylusCode, stylusWat, svmRelay } from "@trireme/testing";
import { createEvm } from "@trireme/evm";
import { createWasm } from "@trireme/wasm";
import createWabt from "wabt";
import { counterCode, word } from "../chain-fixture.mts";

const wabt = await createWabt();
const heap = 0x3_0000_0000n;

function bytesFromWat(text: string): Uint8Array {
  const module = wabt.parseWat("golden.wat", text);
  const { buffer } = module.toBinary({});
  module.destroy();
  return Uint8Array.from(buffer);
}

type Relay = () => Uint8Array;

/** Calls the address in the first word of its input with the rest of it. */
export const evmRelay: Uint8Array = (createEvmKit(createEvm).programs.relay as Relay)();
export const wasmRelay: Uint8Array = (createWasmKit({ createEnvironment: createWasm, bytesFromWat }).programs.relay as Relay)();

/** Reverts with its input where there is any. */
export const evmCounter: Uint8Array = counterCode;

/** Counts in the last byte of slot 0, logs and returns the slot. */
export const wasmCounter: Uint8Array = stylusCode(
  bytesFromWat(
    stylusWat(`
      (call $storage_load_bytes32 (i32.const 0) (i32.const 32))
      (i32.store8 (i32.const 63) (i32.add (i32.load8_u (i32.const 63)) (i32.const 1)))
      (call $storage_cache_bytes32 (i32.const 0) (i32.const 32))
      (call $storage_flush_cache (i32.const 0))
      (call $emit_log (i32.const 0) (i32.const 64) (i32.const 1))
      (call $write_result (i32.const 32) (i32.const 32))
      (i32.const 0)`),
  ),
);

/** Counts in its first account, logs and returns the count; fails with 7 where it gets data. */
export const svmCounter: Uint8Array = writeElf(
  assemble(`
  mov64 r7, r2
  mov64 r8, r1
  add64 r8, 96
  ldxdw r1, [r8+0]
  add64 r1, 1
  stxdw [r8+0], r1
  lddw r1, ${heap}
  stxdw [r1+0], r8
  mov64 r2, 8
  stxdw [r1+8], r2
  mov64 r2, 1
  call sol_log_data
  mov64 r1, r8
  mov64 r2, 8
  call sol_set_return_data
  mov64 r0, 0
  ldxdw r1, [r7-8]
  jeq r1, 0, done
  mov64 r0, 7
done:
  exit`),
);

/** Calls its first account with its other ones and its data. */
export const svmRelayElf: Uint8Array = writeElf(assemble(svmRelay));

/** Input of a relay of EVM or WASM that calls `target`. */
export function relayed(target: Address, input: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concatBytes(word(bytesToBigint(target)), input);
}

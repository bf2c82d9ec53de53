/** Contracts of the golden chain across VMs: in each VM one that counts its calls, and one that calls on. */
import { bytesToBigint, concatBytes, type AccountMeta, type Address, type Instruction, type Pubkey } from "@trireme/core";
import { assemble, writeElf } from "@trireme/svm";
import { createEvmKit, createWasmKit, stylusCode, stylusWat } from "@trireme/testing";
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
export const svmRelay: Uint8Array = writeElf(
  assemble(`
  mov64 r6, r2
  ldxdw r3, [r1+0]
  add64 r1, 8
  lddw r8, ${heap}
  mov64 r2, r1
  add64 r2, 8
  stxdw [r8+0], r2
  lddw r4, ${heap + 0x1000n}
  lddw r5, ${heap + 0x800n - 16n}
  mov64 r9, 0
next:
  jeq r9, r3, call_it
  mov64 r2, r1
  add64 r2, 8
  stxdw [r4+0], r2
  stxdw [r5+0], r2
  add64 r2, 32
  stxdw [r4+32], r2
  add64 r2, 32
  stxdw [r4+8], r2
  add64 r2, 16
  stxdw [r4+24], r2
  ldxdw r0, [r1+80]
  stxdw [r4+16], r0
  ldxb r2, [r1+1]
  stxb [r4+48], r2
  stxb [r5+9], r2
  ldxb r2, [r1+2]
  stxb [r4+49], r2
  stxb [r5+8], r2
  ldxb r2, [r1+3]
  stxb [r4+50], r2
  add64 r0, 7
  and64 r0, -8
  add64 r1, r0
  add64 r1, 10336
  add64 r4, 56
  add64 r5, 16
  add64 r9, 1
  ja next
call_it:
  lddw r2, ${heap + 0x800n}
  stxdw [r8+8], r2
  sub64 r9, 1
  stxdw [r8+16], r9
  stxdw [r8+24], r6
  ldxdw r2, [r6-8]
  stxdw [r8+32], r2
  mov64 r1, r8
  lddw r2, ${heap + 0x1000n}
  mov64 r4, 0
  mov64 r5, 0
  call sol_invoke_signed_c
  mov64 r0, 0
  exit`),
);

/** Input of a relay of EVM or WASM that calls `target`. */
export function relayed(target: Address, input: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concatBytes(word(bytesToBigint(target)), input);
}

/** Instruction for the relay of the SVM that calls `target`. */
export function relayInstruction(relay: Pubkey, target: Pubkey, accounts: readonly AccountMeta[], data: Uint8Array): Instruction {
  return { program: relay, accounts: [{ pubkey: target, isSigner: false, isWritable: false }, ...accounts], data };
}

/** Input of the gateway: `invoke(bytes32,(bytes32,bool,bool)[],bytes)`. */
export function gatewayInput({ program, accounts, data }: Instruction): Uint8Array {
  const flag = (value: boolean): Uint8Array => word(value ? 1n : 0n);
  const metas = accounts.flatMap(({ pubkey, isSigner, isWritable }) => [pubkey, flag(isSigner), flag(isWritable)]);
  const padded = concatBytes(data, new Uint8Array(-data.length & 31));
  return concatBytes(
    Uint8Array.of(0x74, 0x80, 0xcb, 0x86),
    program,
    word(96n),
    word(BigInt(128 + 96 * accounts.length)),
    word(BigInt(accounts.length)),
    ...metas,
    word(BigInt(data.length)),
    padded,
  );
}

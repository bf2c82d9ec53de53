/** A program that calls on, in sBPF assembly, and how it and others are asked to from other VMs. */
import { concatBytes, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";

const heap = 0x3_0000_0000n;
const infos = heap + 0x1000n;
const metas = heap + 0x800n;

/** Calls its first account with its other ones and its data; what the callee returns is its own return data. */
export const svmRelay: string = `
  mov64 r6, r2
  ldxdw r3, [r1+0]
  add64 r1, 8
  lddw r8, ${heap}
  mov64 r2, r1
  add64 r2, 8
  stxdw [r8+0], r2
  lddw r4, ${infos}
  lddw r5, ${metas - 16n}
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
  lddw r2, ${metas}
  stxdw [r8+8], r2
  sub64 r9, 1
  stxdw [r8+16], r9
  stxdw [r8+24], r6
  ldxdw r2, [r6-8]
  stxdw [r8+32], r2
  mov64 r1, r8
  lddw r2, ${infos}
  mov64 r4, 0
  mov64 r5, 0
  call sol_invoke_signed_c
  mov64 r0, 0
  exit`;

/** The instruction that has the relay call `target`; no account stands in it twice. */
export function relayInstruction(relay: Pubkey, target: Pubkey, accounts: readonly AccountMeta[], data: Uint8Array): Instruction {
  return { program: relay, accounts: [{ pubkey: target, isSigner: false, isWritable: false }, ...accounts], data };
}

/** Calldata for the SVM's gateway: `invoke(bytes32,(bytes32,bool,bool)[],bytes)`. */
export function gatewayInput({ program, accounts, data }: Instruction): Uint8Array {
  const words = accounts.flatMap(({ pubkey, isSigner, isWritable }) => [pubkey, word(isSigner ? 1 : 0), word(isWritable ? 1 : 0)]);
  const padded = concatBytes(data, new Uint8Array(-data.length & 31));
  return concatBytes(
    Uint8Array.of(0x74, 0x80, 0xcb, 0x86),
    program,
    word(96),
    word(128 + 96 * accounts.length),
    word(accounts.length),
    ...words,
    word(data.length),
    padded,
  );
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, value);
  return bytes;
}

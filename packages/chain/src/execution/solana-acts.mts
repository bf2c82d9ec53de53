/** A program for tests that does what its instruction data says, in any sBPF version, and the data for it. */
import { concatBytes, type Instruction, type Pubkey } from "@trireme/core";
import { assemble, writeElf, type SbpfVersion } from "@trireme/svm";
import { u64 } from "./solana-instructions.mts";

const heap = 0x3_0000_0000n;
const input = 0x4_0000_0000n;
/** Room behind every account's data in the input. */
const dataRoom = 10_240;

const source = (version: SbpfVersion): string => `
entrypoint:
  mov64 r8, r1
  mov64 r9, r2
  ldxb r3, [r9+0]
  jeq r3, 1, move
  jeq r3, 2, resize
  jeq r3, 3, write
  jeq r3, 4, log
  jeq r3, 5, fail
  jeq r3, 6, answer
  jeq r3, 7, fault
  jeq r3, 8, touch_heap
  jeq r3, 9, clock
  jeq r3, 10, find_address
  jeq r3, 11, dive
  jeq r3, 12, invoke
  jeq r3, 13, spin
  jeq r3, 14, tell
  jeq r3, 15, height
  jeq r3, 16, divide
  jeq r3, 17, hash
  jeq r3, 18, panic
  jeq r3, 19, assign
  mov64 r0, 0
  exit
move:
  add64 r8, 8
  ldxdw r4, [r9+8]
  ldxdw r5, [r8+72]
  sub64 r5, r4
  stxdw [r8+72], r5
  ldxdw r6, [r8+80]
  add64 r6, 7
  and64 r6, -8
  add64 r6, r8
  add64 r6, ${88 + dataRoom + 8}
  ldxdw r5, [r6+72]
  add64 r5, r4
  stxdw [r6+72], r5
  mov64 r0, 0
  exit
resize:
  ldxdw r4, [r9+8]
  stxdw [r8+88], r4
  mov64 r0, 0
  exit
write:
  ldxb r4, [r9+1]
  ldxdw r5, [r9+8]
  add64 r8, r5
  stxb [r8+96], r4
  mov64 r0, 0
  exit
log:
  ldxdw r2, [r9-8]
  add64 r2, -8
  mov64 r1, r9
  add64 r1, 8
  syscall sol_log_
  mov64 r0, 0
  exit
fail:
  ldxdw r0, [r9+8]
  exit
answer:
  ldxdw r2, [r9-8]
  add64 r2, -8
  mov64 r1, r9
  add64 r1, 8
  syscall sol_set_return_data
  mov64 r0, 0
  exit
fault:
  ldxdw r4, [r9+8]
  ldxdw r0, [r4+0]
  exit
touch_heap:
  lddw r4, ${heap}
  ldxdw r5, [r9+8]
  add64 r4, r5
  stxdw [r4+0], r9
  ldxdw r5, [r4+0]
  mov64 r0, 0
  exit
clock:
  lddw r1, ${heap}
  syscall sol_get_clock_sysvar
  lddw r1, ${heap}
  mov64 r2, 40
  syscall sol_set_return_data
  mov64 r0, 0
  exit
find_address:
  lddw r6, ${heap}
  mov64 r1, r9
  add64 r1, 8
  stxdw [r6+0], r1
  ldxdw r2, [r9-8]
  add64 r2, -8
  stxdw [r6+8], r2
  mov64 r3, r9
  ldxdw r2, [r9-8]
  add64 r3, r2
  mov64 r1, r6
  mov64 r2, 1
  mov64 r4, r6
  add64 r4, 16
  mov64 r5, r6
  add64 r5, 48
  syscall sol_try_find_program_address
  jne r0, 0, found_none
  mov64 r1, r6
  add64 r1, 16
  mov64 r2, 33
  syscall sol_set_return_data
  mov64 r0, 0
found_none:
  exit
dive:
  ldxb r1, [r9+1]
  call function_dive
  exit
invoke:
  lddw r1, ${heap}
  mov64 r2, r9
  add64 r2, 56
  ldxdw r3, [r9+8]
  syscall sol_memcpy_
  ldxdw r1, [r9+16]
  ldxdw r2, [r9+24]
  ldxdw r3, [r9+32]
  ldxdw r4, [r9+40]
  ldxdw r5, [r9+48]
  syscall sol_invoke_signed_c
  lddw r1, ${heap}
  mov64 r2, 64
  mov64 r3, r1
  add64 r3, 128
  syscall sol_get_return_data
  jeq r0, 0, invoked
  lddw r1, ${heap}
  mov64 r2, r0
  jle r2, 64, answer_on
  mov64 r2, 64
answer_on:
  syscall sol_set_return_data
invoked:
  mov64 r0, 0
  exit
spin:
  ldxdw r4, [r9+8]
spin_on:
  jeq r4, 0, spun
  add64 r4, -1
  ja spin_on
spun:
  mov64 r0, 0
  exit
tell:
  syscall sol_log_compute_units_
  mov64 r1, 1
  mov64 r2, 2
  mov64 r3, r8
  mov64 r4, -1
  mov64 r5, 5
  syscall sol_log_64_
  mov64 r1, r9
  ldxdw r2, [r9-8]
  add64 r1, r2
  syscall sol_log_pubkey
  mov64 r0, 0
  exit
height:
  syscall sol_get_stack_height
  lddw r1, ${heap}
  stxdw [r1+0], r0
  mov64 r2, 8
  syscall sol_set_return_data
  mov64 r0, 0
  exit
divide:
  ldxdw r4, [r9+8]
  mov64 r0, 100
  ${version === 2 ? "udiv64" : "div64"} r0, r4
  mov64 r0, 0
  exit
hash:
  lddw r6, ${heap}
  mov64 r1, r9
  stxdw [r6+0], r1
  ldxdw r2, [r9-8]
  stxdw [r6+8], r2
  mov64 r1, r6
  mov64 r2, 1
  mov64 r3, r6
  add64 r3, 16
  syscall sol_sha256
  mov64 r1, r6
  mov64 r2, 48
  syscall sol_set_return_data
  mov64 r0, 0
  exit
panic:
  mov64 r1, r9
  add64 r1, 8
  ldxdw r2, [r9-8]
  add64 r2, -8
  mov64 r3, 7
  mov64 r4, 9
  syscall sol_panic_
  exit
assign:
  ldxdw r4, [r9+8]
  stxdw [r8+48], r4
  mov64 r0, 0
  exit
function_dive:
  ${version === 1 || version === 2 ? "add64 r10, -64" : "mov64 r2, r10"}
  jeq r1, 0, bottom
  add64 r1, -1
  call function_dive
  exit
bottom:
  mov64 r0, 0
  exit`;

/** The program's ELF in a version. */
export function actsElf(version: SbpfVersion): Uint8Array {
  return writeElf(assemble(source(version), { version }));
}

const act = (number: number, second: number, ...rest: readonly Uint8Array[]): Uint8Array =>
  concatBytes(Uint8Array.of(number, second, 0, 0, 0, 0, 0, 0), ...rest);

/** Instruction data for each thing that the program does, on its first accounts. */
export const acts = {
  nothing: () => act(0, 0),
  move: (lamports: bigint) => act(1, 0, u64(lamports)),
  resize: (length: number) => act(2, 0, u64(BigInt(length))),
  write: (offset: number, byte: number) => act(3, byte, u64(BigInt(offset))),
  log: (text: string) => act(4, 0, new TextEncoder().encode(text)),
  fail: (result: bigint) => act(5, 0, u64(result)),
  answer: (bytes: Uint8Array) => act(6, 0, bytes),
  fault: (address: bigint) => act(7, 0, u64(address)),
  touchHeap: (offset: number) => act(8, 0, u64(BigInt(offset))),
  clock: () => act(9, 0),
  findAddress: (seed: Uint8Array) => act(10, 0, seed),
  dive: (depth: number) => act(11, depth),
  spin: (rounds: number) => act(13, 0, u64(BigInt(rounds))),
  tell: () => act(14, 0),
  height: () => act(15, 0),
  divide: (by: bigint) => act(16, 0, u64(by)),
  hash: (bytes: Uint8Array) => act(17, 0, bytes),
  panic: (text: string) => act(18, 0, new TextEncoder().encode(text)),
  assign: (owner: bigint) => act(19, 0, u64(owner)),
} as const;

/** An account of the calling program, as far as its place in the input depends on it; none twice. */
export interface ActAccount {
  readonly key: Pubkey;
  readonly dataLength: number;
}

/**
 * Instruction data for a call: `accounts` are those of the calling instruction; `signers` are the seeds of addresses of
 * the caller that sign.
 */
export function invokeData(
  accounts: readonly ActAccount[],
  call: Instruction,
  signers: readonly (readonly Uint8Array[])[] = [],
): Uint8Array {
  const places = new Map<string, { readonly at: bigint; readonly length: number }>();
  let at = input + 8n;
  for (const { key, dataLength } of accounts) {
    places.set(Buffer.from(key).toString("hex"), { at, length: dataLength });
    at += BigInt(96 + ((dataLength + 7) & ~7) + dataRoom);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const add = (bytes: Uint8Array): bigint => {
    const start = heap + BigInt(size);
    const padded = new Uint8Array((bytes.length + 7) & ~7);
    padded.set(bytes);
    parts.push(padded);
    size += padded.length;
    return start;
  };
  const keyAt = (key: Pubkey): bigint => {
    const place = places.get(Buffer.from(key).toString("hex"));
    return place === undefined ? add(key) : place.at + 8n;
  };
  const metas = add(
    concatBytes(
      ...call.accounts.map(({ pubkey, isSigner, isWritable }) =>
        concatBytes(u64(keyAt(pubkey)), Uint8Array.of(isWritable ? 1 : 0, isSigner ? 1 : 0, 0, 0, 0, 0, 0, 0)),
      ),
    ),
  );
  const infoList = [...new Set(call.accounts.map(({ pubkey }) => Buffer.from(pubkey).toString("hex")))].flatMap((name) => {
    const place = places.get(name);
    if (place === undefined) return [];
    const flags = new Uint8Array(8);
    return [
      concatBytes(
        u64(place.at + 8n),
        u64(place.at + 72n),
        u64(BigInt(place.length)),
        u64(place.at + 88n),
        u64(place.at + 40n),
        u64(0n),
        flags,
      ),
    ];
  });
  const infos = add(concatBytes(...infoList));
  const data = add(call.data);
  const start = add(
    concatBytes(u64(keyAt(call.program)), u64(metas), u64(BigInt(call.accounts.length)), u64(data), u64(BigInt(call.data.length))),
  );
  const seedLists = signers.map((seeds) => {
    const list = concatBytes(...seeds.map((seed) => concatBytes(u64(add(seed)), u64(BigInt(seed.length)))));
    return concatBytes(u64(add(list)), u64(BigInt(seeds.length)));
  });
  const signersAt = add(concatBytes(...seedLists));
  const image = concatBytes(...parts);
  const words = [BigInt(image.length), start, infos, BigInt(infoList.length), signersAt, BigInt(signers.length)];
  return concatBytes(act(12, 0), ...words.map(u64), image);
}

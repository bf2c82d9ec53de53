/** A program that calls another one with whatever its data says, and the images of memory for it in both ABIs. */
import type { Instruction, Pubkey } from "@trireme/core";
import { maxDataIncrease } from "../runtime/limits.ts";
import type { CallAbi } from "../syscalls/cpi-instruction.ts";
import { uint64 } from "./token-instructions.mts";

const heap = 0x3_0000_0000n;
const input = 0x4_0000_0000n;
const returnHeap = `lddw r1, ${heap}
  mov64 r2, 1024
  call sol_set_return_data`;

/**
 * Copies an image to the heap, stores words wherever its data says, calls with r1 to r5 of its data, returns 1,024 bytes of
 * heap, or what the callee returned.
 */
export const cpiProbe = (abi: CallAbi, returns: "heap" | "callee" = "heap"): string => `
  mov64 r6, r2
  ldxdw r3, [r6+40]
  lddw r1, ${heap}
  mov64 r2, r6
  add64 r2, 56
  call sol_memcpy_
  ldxdw r7, [r6+40]
  add64 r7, r6
  add64 r7, 56
  ldxdw r8, [r6+48]
again:
  jeq r8, 0, call_it
  ldxdw r1, [r7+0]
  ldxdw r2, [r7+8]
  stxdw [r1+0], r2
  add64 r7, 16
  sub64 r8, 1
  ja again
call_it:
  ldxdw r1, [r6+0]
  ldxdw r2, [r6+8]
  ldxdw r3, [r6+16]
  ldxdw r4, [r6+24]
  ldxdw r5, [r6+32]
  call sol_invoke_signed_${abi}
  ${returns === "heap" ? returnHeap : ""}
  mov64 r0, 0
  exit`;

/** Changes its first accounts as the first byte of its data says. */
export const mutator = `
  ldxb r3, [r2+0]
  lddw r1, ${input + 8n}
  jeq r3, 1, move
  jeq r3, 2, resize
  jeq r3, 3, write
  jeq r3, 4, assign
  jeq r3, 5, fail
  jeq r3, 6, answer
  jeq r3, 7, break
  mov64 r0, 0
  exit
move:
  ldxb r4, [r2+1]
  ldxdw r5, [r1+72]
  sub64 r5, r4
  stxdw [r1+72], r5
  ldxdw r6, [r1+80]
  add64 r6, 7
  and64 r6, -8
  add64 r6, r1
  add64 r6, ${88 + maxDataIncrease + 8}
  ldxdw r5, [r6+72]
  add64 r5, r4
  stxdw [r6+72], r5
  mov64 r0, 0
  exit
resize:
  ldxh r4, [r2+1]
  stxdw [r1+80], r4
  mov64 r0, 0
  exit
write:
  ldxb r4, [r2+1]
  ldxb r5, [r2+2]
  add64 r1, r5
  stxb [r1+88], r4
  mov64 r0, 0
  exit
assign:
  ldxdw r4, [r2+1]
  stxdw [r1+40], r4
  mov64 r0, 0
  exit
fail:
  ldxb r0, [r2+1]
  exit
answer:
  mov64 r1, r2
  mov64 r2, 5
  call sol_set_return_data
  mov64 r0, 0
  exit
break:
  ldxdw r0, [r3+0]
  exit`;

/** An account of the probe, as far as its place in the input depends on it. */
export interface ProbeAccount {
  readonly key: Pubkey;
  readonly dataLength: number;
}

/** What the probe is to do. */
export interface Call {
  readonly abi: CallAbi;
  readonly instruction: Instruction;
  /** Accounts of the probe, by index, that get an info; each names one first. */
  readonly infos: readonly number[];
  readonly signers: readonly (readonly Uint8Array[])[];
  /** Words that the probe stores before the call. */
  readonly stores?: readonly (readonly [bigint, bigint])[];
  /** Changes of the image: offset and byte. */
  readonly spoils?: readonly (readonly [number, number])[];
  /** Lengths of the infos and signers to tell, if not their own. */
  readonly counts?: { readonly infos?: bigint; readonly signers?: bigint };
}

/** Where the fields of an account stand in the input. */
export interface InputPlace {
  readonly key: bigint;
  readonly owner: bigint;
  readonly lamports: bigint;
  readonly length: bigint;
  readonly data: bigint;
}

/** The places of accounts in the input of a program of loaders v2 and v3. */
export function inputPlaces(accounts: readonly ProbeAccount[]): readonly InputPlace[] {
  let at = input + 8n;
  return accounts.map(({ dataLength }) => {
    const place = { key: at + 8n, owner: at + 40n, lamports: at + 72n, length: at + 80n, data: at + 88n };
    at += BigInt(96 + ((dataLength + 7) & ~7) + maxDataIncrease);
    return place;
  });
}

/** The data of an instruction to the probe. */
export function probeData(call: Call, accounts: readonly ProbeAccount[]): Uint8Array {
  const memory = createImage();
  const places = inputPlaces(accounts);
  const image = call.abi === "c" ? cImage(call, memory, accounts, places) : rustImage(call, memory, accounts, places);
  const seeds = call.signers.map((list) => {
    const parts = list.map((seed) => [memory.add(seed), BigInt(seed.length)] as const);
    return [memory.add(words(...parts.flat())), BigInt(parts.length)] as const;
  });
  const signersAt = memory.add(words(...seeds.flat()));
  const bytes = memory.bytes();
  for (const [offset, byte] of call.spoils ?? []) bytes[offset % bytes.length] = byte;
  const stores = call.stores ?? [];
  const registers = [
    image.instruction,
    image.infos,
    call.counts?.infos ?? BigInt(call.infos.length),
    signersAt,
    call.counts?.signers ?? BigInt(seeds.length),
  ];
  return Uint8Array.from([...words(...registers, BigInt(bytes.length), BigInt(stores.length)), ...bytes, ...words(...stores.flat())]);
}

type Memory = ReturnType<typeof createImage>;

function cImage({ instruction, infos }: Call, memory: Memory, accounts: readonly ProbeAccount[], places: readonly InputPlace[]) {
  const start = memory.reserve(40);
  const metas = instruction.accounts.map(({ pubkey, isSigner, isWritable }) => [
    ...words(memory.add(pubkey)),
    isWritable ? 1 : 0,
    isSigner ? 1 : 0,
    ...new Uint8Array(6),
  ]);
  const metasAt = memory.add(Uint8Array.from(metas.flat()));
  const dataAt = memory.add(instruction.data);
  const programAt = memory.add(instruction.program);
  memory.write(start, words(programAt, metasAt, BigInt(metas.length), dataAt, BigInt(instruction.data.length)));
  const infosAt = memory.add(
    Uint8Array.from(
      infos.flatMap((index) => {
        const { key, owner, lamports, data } = places[index] as InputPlace;
        const { dataLength } = accounts[index] as ProbeAccount;
        return [...words(key, lamports, BigInt(dataLength), data, owner, 0n), 0, 0, 0, 0, 0, 0, 0, 0];
      }),
    ),
  );
  return { instruction: start, infos: infosAt };
}

function rustImage({ instruction, infos }: Call, memory: Memory, accounts: readonly ProbeAccount[], places: readonly InputPlace[]) {
  const start = memory.reserve(80);
  const metas = instruction.accounts.flatMap(({ pubkey, isSigner, isWritable }) => [...pubkey, isSigner ? 1 : 0, isWritable ? 1 : 0]);
  const metasAt = memory.add(Uint8Array.from(metas));
  const dataAt = memory.add(instruction.data);
  const [count, dataLength] = [BigInt(instruction.accounts.length), BigInt(instruction.data.length)];
  memory.write(start, Uint8Array.from([...words(metasAt, count, count, dataAt, dataLength, dataLength), ...instruction.program]));
  const cells = infos.map((index) => {
    const { lamports, data } = places[index] as InputPlace;
    const length = BigInt((accounts[index] as ProbeAccount).dataLength);
    return { lamports: memory.add(words(1n, 1n, 0n, lamports)), data: memory.add(words(1n, 1n, 0n, data, length)) };
  });
  const infosAt = memory.add(
    Uint8Array.from(
      infos.flatMap((index, at) => {
        const { key, owner } = places[index] as InputPlace;
        const cell = cells[at] as (typeof cells)[number];
        return [...words(key, cell.lamports, cell.data, owner, 0n, 0n)];
      }),
    ),
  );
  return { instruction: start, infos: infosAt };
}

/** Memory from the start of the heap on; everything begins at a multiple of 8. */
function createImage() {
  let image = new Uint8Array(0);
  return {
    reserve(length: number): bigint {
      const at = heap + BigInt(image.length);
      const grown = new Uint8Array((image.length + length + 7) & ~7);
      grown.set(image);
      image = grown;
      return at;
    },
    add(bytes: Uint8Array): bigint {
      const at = this.reserve(bytes.length);
      this.write(at, bytes);
      return at;
    },
    write: (at: bigint, bytes: Uint8Array): void => image.set(bytes, Number(at - heap)),
    bytes: () => image.slice(),
  };
}

function words(...values: readonly bigint[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [...uint64(BigInt.asUintN(64, value))]));
}

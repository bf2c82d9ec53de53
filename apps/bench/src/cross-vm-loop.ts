/** A program that calls another account again and again, and the data that says whom: an image of the C structures of a CPI. */
import { concatBytes, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";
import { assemble, writeElf } from "@trireme/svm";

/** An account that the program is given. */
export interface HeldAccount extends AccountMeta {
  readonly dataLength: number;
}

const heapStart = 0x3_0000_0000n;
const inputStart = 0x4_0000_0000n;
/** Room to grow behind the data of every account. */
const growth = 10_240;

/** Data: number of calls, five registers, length of the image, the image, which goes to the heap. */
export const loopElf: Uint8Array = writeElf(
  assemble(`
  mov64 r6, r2
  lddw r1, ${heapStart}
  mov64 r2, r6
  add64 r2, 56
  ldxdw r3, [r6+48]
  call sol_memcpy_
  ldxdw r7, [r6+0]
again:
  jeq r7, 0, done
  ldxdw r1, [r6+8]
  ldxdw r2, [r6+16]
  ldxdw r3, [r6+24]
  ldxdw r4, [r6+32]
  ldxdw r5, [r6+40]
  call sol_invoke_signed_c
  sub64 r7, 1
  ja again
done:
  mov64 r0, 0
  exit`),
);

/** A program that does nothing. */
export const nothingElf: Uint8Array = writeElf(assemble("mov64 r0, 0\n exit"));

/** Data for `count` calls of `target` with `accounts`, all of which the program holds first, in this order, `target` behind them. */
export function loopData(count: number, { program, accounts, data }: Instruction, held: readonly HeldAccount[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let end = heapStart;
  const add = (bytes: Uint8Array): bigint => {
    const at = end;
    const padded = concatBytes(bytes, new Uint8Array(-bytes.length & 7));
    parts.push(padded);
    end += BigInt(padded.length);
    return at;
  };
  const places = placesOf(held);
  const keyOf = (pubkey: Pubkey): bigint => (places[held.findIndex((account) => account.pubkey === pubkey)] as bigint) + 8n;
  const metas = accounts.map(({ pubkey, isSigner, isWritable }) =>
    concatBytes(words(keyOf(pubkey)), Uint8Array.of(isWritable ? 1 : 0, isSigner ? 1 : 0, 0, 0, 0, 0, 0, 0)),
  );
  const infos = held.map(({ dataLength }, index) => {
    const at = places[index] as bigint;
    return words(at + 8n, at + 72n, BigInt(dataLength), at + 88n, at + 40n, 0n, 0n);
  });
  const [metasAt, dataAt, infosAt] = [add(concatBytes(...metas)), add(data), add(concatBytes(...infos))];
  const instructionAt = add(words(keyOf(program), metasAt, BigInt(metas.length), dataAt, BigInt(data.length)));
  const image = concatBytes(...parts);
  return concatBytes(words(BigInt(count), instructionAt, infosAt, BigInt(infos.length), 0n, 0n, BigInt(image.length)), image);
}

/** Where accounts stand in the input of a program of loader 2. */
function placesOf(held: readonly HeldAccount[]): readonly bigint[] {
  let at = inputStart + 8n;
  return held.map(({ dataLength }) => {
    const place = at;
    at += BigInt(96 + ((dataLength + 7) & ~7) + growth);
    return place;
  });
}

function words(...values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setBigUint64(8 * index, value, true);
  return bytes;
}

/** The input of a program: its accounts, its data, its id (agave `program-runtime/src/serialization.rs`). */
import type { GuestMemory } from "../sbpf/engine.ts";
import type { InstructionFrame } from "./instruction-frame.ts";
import { maxDataIncrease } from "./limits.ts";
import type { LoadedAccount } from "./loaded-account.ts";

/** Where an account stands in the input region, as offsets from its start. */
export interface SerializedAccount {
  readonly account: LoadedAccount;
  /** Bytes of data when the instruction began. */
  readonly originalLength: number;
  readonly key: number;
  readonly owner: number;
  readonly lamports: number;
  readonly data: number;
}

/** What `serializeParameters` leaves. */
export interface SerializedParameters {
  readonly accounts: readonly SerializedAccount[];
  /** Offset of the instruction's data: what r2 points to. */
  readonly dataOffset: number;
}

const notDuplicate = 0xff;

/** Bytes of the input region. */
export function parametersLength(frame: InstructionFrame, isAligned: boolean): number {
  let length = 8 + 8 + frame.data.length + 32;
  frame.accounts.forEach(({ account, first }, index) => {
    if (first !== index) length += isAligned ? 8 : 1;
    else length += isAligned ? 96 + alignedDataLength(account.dataLength) : 92 + account.dataLength;
  });
  return length;
}

/** Writes the input region, whose length is set and whose bytes are zeros. `isAligned`: the form for loaders v2 and v3. */
export function serializeParameters(frame: InstructionFrame, memory: GuestMemory, isAligned: boolean): SerializedParameters {
  const { bytes, view, inputOffset } = memory;
  const accounts: SerializedAccount[] = [];
  let at = inputOffset;
  const writeLength = (value: number): void => {
    view.setUint32(at, value, true);
    at += 8;
  };
  writeLength(frame.accounts.length);
  frame.accounts.forEach(({ account, first, isSigner, isWritable }, index) => {
    if (first !== index) {
      bytes[at] = first;
      at += isAligned ? 8 : 1;
      accounts.push(accounts[first] as SerializedAccount);
      return;
    }
    bytes[at] = notDuplicate;
    bytes[at + 1] = isSigner ? 1 : 0;
    bytes[at + 2] = isWritable ? 1 : 0;
    if (isAligned) bytes[at + 3] = account.executable ? 1 : 0;
    at += isAligned ? 8 : 3;
    const key = at;
    bytes.set(account.key, at);
    at += 32;
    let owner = at;
    if (isAligned) {
      bytes.set(account.owner, at);
      at += 32;
    }
    const lamports = at;
    view.setBigUint64(at, account.lamports, true);
    at += 8;
    writeLength(account.dataLength);
    const data = at;
    if (account.dataLength > 0) bytes.set(account.data, at);
    if (isAligned) {
      at += alignedDataLength(account.dataLength);
    } else {
      at += account.dataLength;
      owner = at;
      bytes.set(account.owner, at);
      bytes[at + 32] = account.executable ? 1 : 0;
      at += 33;
    }
    // The rent epoch is always the last one there is.
    view.setUint32(at, 0xffff_ffff, true);
    view.setUint32(at + 4, 0xffff_ffff, true);
    at += 8;
    accounts.push({
      account,
      originalLength: account.dataLength,
      key: key - inputOffset,
      owner: owner - inputOffset,
      lamports: lamports - inputOffset,
      data: data - inputOffset,
    });
  });
  writeLength(frame.data.length);
  const dataOffset = at - inputOffset;
  bytes.set(frame.data, at);
  bytes.set(frame.program, at + frame.data.length);
  return { accounts, dataOffset };
}

/** Data, the room to grow, and the padding to 8 bytes. */
function alignedDataLength(dataLength: number): number {
  return ((dataLength + 7) & ~7) + maxDataIncrease;
}

/** What an account of loader v3 begins with: bincode of Agave's `UpgradeableLoaderState`. */
import { pubkeyFromBytes, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../../errors/instruction-error.ts";
import type { BorrowedAccount } from "../../runtime/invoke-context.ts";

/** A buffer is written by its authority; a program points to its programdata, which holds slot, authority and ELF. */
export type LoaderState =
  | { readonly kind: "uninitialized" }
  | { readonly kind: "buffer"; readonly authority: Pubkey | undefined }
  | { readonly kind: "program"; readonly programData: Pubkey }
  | { readonly kind: "programData"; readonly slot: bigint; readonly authority: Pubkey | undefined };

/** Bytes of an account without state. */
export const uninitializedLength = 4;
/** Bytes before a buffer's ELF. */
export const bufferHeader = 37;
/** Bytes of a program account. */
export const programLength = 36;
/** Bytes before a programdata's ELF. */
export const programDataHeader = 45;

/** Reads the state that account data begins with; undefined where it is none. */
export function decodeLoaderState(data: Uint8Array): LoaderState | undefined {
  if (data.length < 4) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (view.getUint32(0, true)) {
    case 0:
      return { kind: "uninitialized" };
    case 1: {
      const authority = decodeAuthority(data, 4);
      return authority === "invalid" ? undefined : { kind: "buffer", authority };
    }
    case 2:
      return data.length < programLength ? undefined : { kind: "program", programData: pubkeyFromBytes(data.slice(4, 36)) };
    case 3: {
      const authority = decodeAuthority(data, 12);
      return authority === "invalid" ? undefined : { kind: "programData", slot: view.getBigUint64(4, true), authority };
    }
    default:
      return undefined;
  }
}

/** The bytes of a state. Without an authority they are shorter: what stood behind the flag stays in the account. */
export function encodeLoaderState(state: LoaderState): Uint8Array {
  switch (state.kind) {
    case "uninitialized":
      return new Uint8Array(4);
    case "buffer":
      return withAuthority(1, 4, state.authority).bytes;
    case "program": {
      const bytes = new Uint8Array(programLength);
      bytes[0] = 2;
      bytes.set(state.programData, 4);
      return bytes;
    }
    case "programData": {
      const { bytes, view } = withAuthority(3, 12, state.authority);
      view.setBigUint64(4, state.slot, true);
      return bytes;
    }
  }
}

/** The state of an account. @throws InstructionFault `InvalidAccountData` */
export function loaderStateOf(account: BorrowedAccount): LoaderState {
  const state = decodeLoaderState(account.data);
  if (state === undefined) throw new InstructionFault("InvalidAccountData");
  return state;
}

/** Writes a state at the start of an account. */
export function setLoaderState(account: BorrowedAccount, state: LoaderState): void {
  account.write(0, encodeLoaderState(state));
}

function decodeAuthority(data: Uint8Array, offset: number): Pubkey | undefined | "invalid" {
  const flag = data[offset];
  if (flag === 0) return undefined;
  return flag === 1 && data.length >= offset + 33 ? pubkeyFromBytes(data.slice(offset + 1, offset + 33)) : "invalid";
}

function withAuthority(
  tag: number,
  offset: number,
  authority: Pubkey | undefined,
): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(offset + (authority === undefined ? 1 : 33));
  bytes[0] = tag;
  if (authority !== undefined) {
    bytes[offset] = 1;
    bytes.set(authority, offset + 1);
  }
  return { bytes, view: new DataView(bytes.buffer) };
}

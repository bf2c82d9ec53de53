/** Buffers: accounts into which a program is written piece by piece before it is deployed. */
import type { InvokeContext } from "../../runtime/invoke-context.ts";
import { checkAuthority, refusal } from "./loader-checks.ts";
import { bufferHeader, loaderStateOf, setLoaderState } from "./loader-state.ts";

/** InitializeBuffer: account 0 is a buffer from now on, account 1 its authority. */
export function initializeBuffer(context: InvokeContext): void {
  const { current } = context;
  current.checkAccountCount(2);
  const buffer = current.account(0);
  if (loaderStateOf(buffer).kind !== "uninitialized") {
    throw refusal(context, "Buffer account already initialized", "AccountAlreadyInitialized");
  }
  setLoaderState(buffer, { kind: "buffer", authority: current.keyOf(1) });
}

/** Write: bytes at an offset of the ELF. */
export function writeBuffer(context: InvokeContext, offset: number, bytes: Uint8Array): void {
  const { current } = context;
  current.checkAccountCount(2);
  const buffer = current.account(0);
  const state = loaderStateOf(buffer);
  if (state.kind !== "buffer") throw refusal(context, "Invalid Buffer account", "InvalidAccountData");
  checkAuthority(context, {
    authority: state.authority,
    index: 1,
    immutable: "Buffer is immutable",
    incorrect: "Incorrect buffer authority provided",
    unsigned: "Buffer authority did not sign",
  });
  // An empty write asks first whether the account may be written at all.
  buffer.write(0, bytes.subarray(0, 0));
  const end = bufferHeader + offset + bytes.length;
  if (buffer.dataLength < end) throw refusal(context, `Write overflow: ${buffer.dataLength} < ${end}`, "AccountDataTooSmall");
  buffer.write(bufferHeader + offset, bytes);
}

/** Extensions of Token-2022 mints: entries of type, length and value behind the mint's own data (`interface/src/extension/mod.rs`). */
import { isZero } from "../runtime/pubkey-names.ts";
import { readData, type FaceFrame } from "./face-frame.ts";

/** Types that a face reads. */
export const extensionTypes = { transferHook: 14, metadataPointer: 18, tokenMetadata: 19 } as const;

/** Where a value lies in the mint's data. */
export interface ExtensionValue {
  readonly offset: number;
  readonly length: number;
}

const FIRST_ENTRY = 166;
/** Each type stands there once at most; there are not half as many. */
const MAX_ENTRIES = 64;

/** Finds an extension of the mint. @throws OutOfGas */
export function findExtension(frame: FaceFrame, type: number): ExtensionValue | undefined {
  const { dataLength, address } = frame.mint;
  let offset = FIRST_ENTRY;
  for (let entry = 0; entry < MAX_ENTRIES && offset + 4 <= dataLength; entry++) {
    const view = new DataView(readData(frame, address, offset, 4).buffer);
    const found = view.getUint16(0, true);
    const length = view.getUint16(2, true);
    offset += 4;
    if (found === 0 || offset + length > dataLength) return undefined;
    if (found === type) return { offset, length };
    offset += length;
  }
  return undefined;
}

/** Whether a program runs inside every transfer of the mint. @throws OutOfGas */
export function hasTransferHook(frame: FaceFrame): boolean {
  const hook = findExtension(frame, extensionTypes.transferHook);
  // An authority, then the program; zeros stand for none.
  return hook !== undefined && !isZero(readData(frame, frame.mint.address, hook.offset + 32, 32));
}

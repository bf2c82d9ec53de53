/** One call to a face: the mint that it speaks for, and how it reads accounts and fails. */
import { type Address } from "@trireme/core";
import { spend, wordGas, type GasFrame } from "../gateway/gas-frame.ts";
import type { Mint } from "./mint.ts";

/** A call to the face of `mint`. */
export interface FaceFrame extends GasFrame {
  readonly mint: Mint;
}

/** The call reverts with this data; `message` is for people and traces. */
export class FaceRevert extends Error {
  readonly output: Uint8Array;

  constructor(message: string, output: Uint8Array) {
    super(message);
    this.output = output;
  }
}

/** Bytes of an account's data, paid by the word; the range lies within the data. @throws OutOfGas */
export function readData(frame: FaceFrame, address: Address, offset: number, length: number): Uint8Array {
  spend(frame, wordGas * BigInt(Math.ceil(length / 32)));
  const data = new Uint8Array(length);
  frame.host.readAccountData(address, offset, data);
  return data;
}

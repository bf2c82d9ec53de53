/** The events of a face: ERC-20's, at the face's own address. */
import { concatBytes, bigintToBytes, keccak256, type Address } from "@trireme/core";
import { spend } from "../gateway/gas-frame.ts";
import type { FaceFrame } from "./face-frame.ts";

const utf8 = new TextEncoder();
const topics = {
  Transfer: keccak256(utf8.encode("Transfer(address,address,uint256)")),
  Approval: keccak256(utf8.encode("Approval(address,address,uint256)")),
} as const;

/** LOG3 with one word: 375 for it and for each topic, 8 for each byte. */
const EVENT_GAS = 375n * 4n + 8n * 32n;

/** Emits `name(first, second, value)`. @throws OutOfGas */
export function emitEvent(frame: FaceFrame, name: keyof typeof topics, first: Address, second: Address, value: bigint): void {
  spend(frame, EVENT_GAS);
  const address = frame.mint.address;
  frame.host.emitLog({ address, topics: [topics[name], padded(first), padded(second)], data: bigintToBytes(value, 32) });
}

function padded(address: Address): Uint8Array {
  return concatBytes(new Uint8Array(12), address);
}

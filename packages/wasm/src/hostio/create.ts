/** Making contracts: the create itself is the default environment's, as for the EVM. */
import {
  bytesToBigint,
  create2Address,
  createAddress,
  emptyBytes,
  gasLeftOf,
  maxCallDepth,
  outputOf,
  zeroAddress,
  type Address,
} from "@trireme/core";
import { evmApiInk, hostioInk, pointerInk, readPrice } from "../pricing/hostio-prices.ts";
import { readGuest, readWord, writeGuest, writeLength } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyGas, buyInk, gasLeft } from "./ink-meter.ts";
import { fail, type ProgramFrame } from "./program-frame.ts";

const createGas = 32_000;
const hashWordGas = 6;
const maxNonce = (1n << 64n) - 1n;

/** Functions for creates. The address is zero where the create failed; only a revert leaves return data. */
export const create = {
  create1(frame: ProgramFrame, code: number, size: number, endowment: number, created: number, returned: number): void {
    createContract(frame, 3, { code, size, endowment, salt: undefined, created, returned });
  },
  create2(frame: ProgramFrame, code: number, size: number, endowment: number, salt: number, created: number, returned: number): void {
    createContract(frame, 4, { code, size, endowment, salt, created, returned });
  },
} satisfies HostioFamily;

/** A create as the program asks for it, by pointers. */
interface ContractCreate {
  readonly code: number;
  readonly size: number;
  readonly endowment: number;
  readonly salt: number | undefined;
  readonly created: number;
  readonly returned: number;
}

function createContract(frame: ProgramFrame, pointers: number, made: ContractCreate): void {
  buyInk(frame, hostioInk + pointers * pointerInk + evmApiInk + 2 * readPrice(made.size >>> 0));
  const initCode = readGuest(frame, made.code, made.size);
  const value = bytesToBigint(readWord(frame, made.endowment));
  const salt = made.salt === undefined ? undefined : readWord(frame, made.salt);
  if (frame.message.isStatic) fail(frame, "a create in a static call");
  const left = gasLeft(frame);
  const base = createGas + (salt === undefined ? 0 : hashWordGas * Math.ceil(initCode.length / 32));
  if (left < base) fail(frame, "too little gas for a create");
  const most = left - base - Math.floor((left - base) / 64);
  const end = issueCreate(frame, { initCode, value, salt, gas: most });
  buyGas(frame, base + most - end.gasLeft);
  frame.returnData = end.output;
  writeLength(frame, made.returned, end.output.length);
  writeGuest(frame, made.created, end.address);
}

interface IssuedCreate {
  readonly initCode: Uint8Array;
  readonly value: bigint;
  readonly salt: Uint8Array | undefined;
  readonly gas: number;
}

interface CreateEnd {
  readonly address: Address;
  readonly gasLeft: number;
  readonly output: Uint8Array;
}

function issueCreate(frame: ProgramFrame, { initCode, value, salt, gas }: IssuedCreate): CreateEnd {
  const { host, message } = frame;
  const { recipient: sender, depth } = message;
  const nonce = host.getNonce(sender);
  // The EVM's own checks before it raises the nonce: what they refuse costs nothing.
  if (depth + 1 > maxCallDepth || host.getBalance(sender) < value || nonce >= maxNonce) {
    return { address: zeroAddress, gasLeft: gas, output: emptyBytes };
  }
  host.setNonce(sender, nonce + 1n);
  const address = salt === undefined ? createAddress(sender, nonce) : create2Address(sender, salt, initCode);
  const result = host.call({
    kind: "create",
    scheme: salt === undefined ? "create" : "create2",
    sender,
    recipient: address,
    value,
    initCode,
    gas: BigInt(gas),
    depth: depth + 1,
    isStatic: false,
  });
  const left = Number(gasLeftOf(result));
  if (result.kind !== "success") return { address: zeroAddress, gasLeft: left, output: outputOf(result) };
  frame.refund += result.gasRefund;
  return { address, gasLeft: left, output: emptyBytes };
}

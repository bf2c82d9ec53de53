/** Calls of other contracts, in any VM: the ordinary CALL family through the Host. */
import { bytesToBigint, emptyBytes, gasLeftOf, outputOf, type Address, type CallScheme } from "@trireme/core";
import { evmApiInk, hostioInk, pointerInk, readPrice } from "../pricing/hostio-prices.ts";
import { readAddress, readGuest, readWord, writeLength } from "./guest-memory.ts";
import type { HostioFamily } from "./hostio.ts";
import { buyGas, buyInk, gasLeft } from "./ink-meter.ts";
import type { ProgramFrame } from "./program-frame.ts";
import { coldAccountGas, warmGas } from "./storage-cost.ts";

const newAccountGas = 25_000;
const valueGas = 9000;
/** What a callee that is sent value may spend beyond what it is given. Nitro does not give it back. */
const stipend = 2300;

/** A call that failed, for whatever reason, answers this. */
const failed = 2;

/** Functions for calls. They answer 0 for success; the length of what was returned is written behind the last pointer. */
export const call = {
  call_contract(frame: ProgramFrame, to: number, data: number, size: number, value: number, gas: bigint, returned: number): number {
    return callContract(frame, { scheme: "call", to, data, size, value, gas, returned });
  },
  delegate_call_contract(frame: ProgramFrame, to: number, data: number, size: number, gas: bigint, returned: number): number {
    return callContract(frame, { scheme: "delegatecall", to, data, size, value: undefined, gas, returned });
  },
  static_call_contract(frame: ProgramFrame, to: number, data: number, size: number, gas: bigint, returned: number): number {
    return callContract(frame, { scheme: "staticcall", to, data, size, value: undefined, gas, returned });
  },
} satisfies HostioFamily;

/** A call as the program asks for it: pointers, and the most gas that it gives. */
interface ContractCall {
  readonly scheme: CallScheme;
  readonly to: number;
  readonly data: number;
  readonly size: number;
  readonly value: number | undefined;
  readonly gas: bigint;
  readonly returned: number;
}

/** What a call came to. */
interface CallEnd {
  readonly status: number;
  readonly gas: number;
  readonly output: Uint8Array;
}

function callContract(frame: ProgramFrame, made: ContractCall): number {
  buyInk(frame, hostioInk + 3 * pointerInk + evmApiInk + 2 * readPrice(made.size >>> 0));
  const left = gasLeft(frame);
  const wanted = Math.min(Number(BigInt.asUintN(64, made.gas)), left);
  const target = readAddress(frame, made.to);
  const input = readGuest(frame, made.data, made.size);
  const value = made.value === undefined ? 0n : bytesToBigint(readWord(frame, made.value));
  const end = issueCall(frame, made.scheme, { target, input, value, left, wanted });
  buyGas(frame, end.gas);
  frame.returnData = end.output;
  writeLength(frame, made.returned, end.output.length);
  return end.status;
}

interface IssuedCall {
  readonly target: Address;
  readonly input: Uint8Array;
  readonly value: bigint;
  /** Gas that the frame has. */
  readonly left: number;
  /** Gas that the program gives. */
  readonly wanted: number;
}

function issueCall(frame: ProgramFrame, scheme: CallScheme, { target, input, value, left, wanted }: IssuedCall): CallEnd {
  const { host, message } = frame;
  // The EVM would end the frame; Stylus fails the call, for nothing.
  if (message.isStatic && value > 0n) return { status: failed, gas: 0, output: emptyBytes };
  const base = callGas(frame, target, value, left);
  if (base > left) return { status: failed, gas: left, output: emptyBytes };
  // EIP-150.
  const most = Math.floor(((left - base) * 63) / 64);
  const given = Math.min(most, wanted) + (value > 0n ? stipend : 0);
  const isDelegate = scheme === "delegatecall";
  const result = host.call({
    kind: "call",
    scheme,
    sender: isDelegate ? message.sender : message.recipient,
    recipient: isDelegate ? message.recipient : target,
    codeAddress: target,
    value: isDelegate ? message.value : value,
    input,
    gas: BigInt(given),
    depth: message.depth + 1,
    isStatic: message.isStatic || scheme === "staticcall",
  });
  if (result.kind === "success") frame.refund += result.gasRefund;
  const gas = base + given - Number(gasLeftOf(result));
  return { status: result.kind === "success" ? 0 : failed, gas, output: outputOf(result) };
}

/** EIP-2929 access, value and a new account: gas before the callee's own. Stops where it exceeds what is left. */
function callGas({ host }: ProgramFrame, target: Address, value: bigint, left: number): number {
  let gas = warmGas;
  if (gas > left) return gas;
  if (!host.accessAccount(target)) gas += coldAccountGas - warmGas;
  if (gas > left || value === 0n) return gas;
  if (!host.exists(target)) gas += newAccountGas;
  return gas + valueGas;
}

/** SLOAD and SSTORE (EIP-2200, EIP-2929, EIP-3529). */
import { bigintToBytes, bytesToBigint, type Address } from "@trireme/core";
import { frameEnd, type RunState } from "../ethereumjs.ts";
import { frameEnds } from "../halt-reason.ts";
import type { Session } from "../session.ts";
import type { Instructions } from "./instruction.ts";

const WARM_READ = 100n;
const COLD_READ = 2_100n;
/** A write is refused where no more than a call's stipend is left. */
const STIPEND = 2_300n;
const SET = 20_000n;
const RESET = 2_900n;
const CLEAR_REFUND = 4_800n;

/** The two instructions; a slot is made warm by its price. */
export function storageInstructions({ host }: Session): Instructions {
  const isWarm = (state: RunState, key: Uint8Array): boolean => host.accessStorage(state.env.address.bytes as Address, key);
  const priceOfRead = (state: RunState, gas: bigint): bigint => gas + (isWarm(state, word(state.stack.top(0))) ? WARM_READ : COLD_READ);
  const read = ({ stack, interpreter }: RunState): void => stack.push(bytesToBigint(interpreter.storageLoad(word(stack.pop()))));

  const priceOfWrite = (state: RunState, gas: bigint): bigint => {
    const { stack, interpreter } = state;
    if (state.env.isStatic) throw frameEnd(frameEnds.writeProtection);
    const value = stack.top(1);
    const key = word(stack.top(0));
    const current = bytesToBigint(interpreter.storageLoad(key));
    const original = bytesToBigint(interpreter.storageLoad(key, true));
    if (state.gasLeft <= STIPEND) throw frameEnd(frameEnds.outOfGas);
    state.gasRefund += refundOf(original, current, value);
    const price = value === current || original !== current ? WARM_READ : original === 0n ? SET : RESET;
    return gas + price + (isWarm(state, key) ? 0n : COLD_READ);
  };
  const write = ({ stack, interpreter }: RunState): void => {
    const key = word(stack.pop());
    interpreter.storageStore(key, word(stack.pop()));
  };

  return [
    [0x54, { gasHandler: priceOfRead, opHandler: read }],
    [0x55, { gasHandler: priceOfWrite, opHandler: write }],
  ];
}

/** What a write adds to the refund counter, or takes back from it. */
function refundOf(original: bigint, current: bigint, value: bigint): bigint {
  if (value === current) return 0n;
  if (original === current) return original !== 0n && value === 0n ? CLEAR_REFUND : 0n;
  let refund = 0n;
  if (original !== 0n && current === 0n) refund -= CLEAR_REFUND;
  if (original !== 0n && value === 0n) refund += CLEAR_REFUND;
  if (value === original) refund += (original === 0n ? SET : RESET) - WARM_READ;
  return refund;
}

function word(value: bigint): Uint8Array {
  return bigintToBytes(value, 32);
}

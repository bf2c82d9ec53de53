/** SLOAD and SSTORE (EIP-2200, EIP-2929, EIP-3529). */
import { bigintToBytes, bytesToBigint, slotWriteGas, slotWriteRefund, storageGas, type Address } from "@trireme/core";
import { frameEnd, type RunState } from "../ethereumjs.ts";
import { frameEnds } from "../halt-reason.ts";
import type { Session } from "../session.ts";
import type { Instructions } from "./instruction.ts";

/** The two instructions; a slot is made warm by its price. */
export function storageInstructions({ host }: Session): Instructions {
  const isWarm = (state: RunState, key: Uint8Array): boolean => host.accessStorage(state.env.address.bytes as Address, key);
  const priceOfRead = (state: RunState, gas: bigint): bigint =>
    gas + (isWarm(state, word(state.stack.top(0))) ? storageGas.warmRead : storageGas.coldRead);
  const read = ({ stack, interpreter }: RunState): void => stack.push(bytesToBigint(interpreter.storageLoad(word(stack.pop()))));

  const priceOfWrite = (state: RunState, gas: bigint): bigint => {
    const { stack, interpreter } = state;
    if (state.env.isStatic) throw frameEnd(frameEnds.writeProtection);
    const value = stack.top(1);
    const key = word(stack.top(0));
    const current = bytesToBigint(interpreter.storageLoad(key));
    const original = bytesToBigint(interpreter.storageLoad(key, true));
    if (state.gasLeft <= storageGas.stipend) throw frameEnd(frameEnds.outOfGas);
    state.gasRefund += slotWriteRefund(original, current, value);
    return gas + slotWriteGas(original, current, value) + (isWarm(state, key) ? 0n : storageGas.coldRead);
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

function word(value: bigint): Uint8Array {
  return bigintToBytes(value, 32);
}

/** CALL, CALLCODE, DELEGATECALL and STATICCALL (EIP-150, EIP-2929, EIP-7702). */
import { bigintToBytes, delegationTarget, emptyBytes, type Address, type CallScheme } from "@trireme/core";
import { precompileAt } from "../../precompiles/precompile-table.ts";
import { engineAddress, frameEnd, type Interpreter } from "../ethereumjs.ts";
import { frameEnds } from "../halt-reason.ts";
import type { Pending, Realm } from "../realm.ts";
import type { Session } from "../session.ts";
import type { Instruction, Instructions } from "./instruction.ts";
import { growMemory } from "./memory.ts";

const WARM_ACCOUNT = 100n;
const COLD_ACCOUNT = 2_600n;
const VALUE_TRANSFER = 9_000n;
const NEW_ACCOUNT = 25_000n;
/** What a callee gets on top when value goes with the call. */
const STIPEND = 2_300n;
const ADDRESS_MASK = (1n << 160n) - 1n;

/** The four calls; the callee, and the account that it delegates to, are made warm by the price. */
export function callInstructions(realm: Realm, session: Session): Instructions {
  const { host } = session;

  const accessPrice = (address: Address): bigint =>
    precompileAt(address, session.rules.hardfork) !== undefined || host.accessAccount(address) ? WARM_ACCOUNT : COLD_ACCOUNT;

  const call = (scheme: CallScheme): Instruction => {
    const hasValue = scheme === "call" || scheme === "callcode";
    const memoryAt = hasValue ? 3 : 2;
    return {
      gasHandler(state, gas) {
        const { stack } = state;
        const outLength = stack.top(memoryAt + 3);
        const value = hasValue ? stack.top(2) : 0n;
        if (scheme === "call" && value !== 0n && state.env.isStatic) throw frameEnd(frameEnds.writeProtection);
        const target = addressOf(stack.top(1));
        let price = gas + growMemory(state, stack.top(memoryAt), stack.top(memoryAt + 1));
        price += growMemory(state, stack.top(memoryAt + 2), outLength) + accessPrice(target);
        if (value !== 0n) price += VALUE_TRANSFER;
        // EIP-161: what is empty does not exist.
        if (scheme === "call" && value !== 0n && !host.exists(target)) price += NEW_ACCOUNT;
        const delegate = session.rules.hasDelegations ? delegationTarget(host.getCode(target)) : undefined;
        if (delegate !== undefined) price += accessPrice(delegate as Address);
        const left = state.gasLeft - price;
        if (left < 0n) throw frameEnd(frameEnds.outOfGas);
        // EIP-150: a 64th stays behind.
        const most = left - left / 64n;
        const requested = stack.top(0);
        state.messageGasLimit = requested < most ? requested : most;
        return price;
      },
      opHandler(state) {
        const { stack, memory, interpreter } = state;
        stack.pop();
        const target = addressOf(stack.pop());
        const value = hasValue ? stack.pop() : 0n;
        const inOffset = Number(stack.pop());
        const inLength = Number(stack.pop());
        const outOffset = Number(stack.pop());
        const outLength = Number(stack.pop());
        let gas = state.messageGasLimit as bigint;
        state.messageGasLimit = undefined;
        if (value !== 0n) {
          state.gasLeft += STIPEND;
          gas += STIPEND;
        }
        const input = inLength === 0 ? emptyBytes : memory.read(inOffset, inLength, true);
        return realm.after(send(interpreter, scheme, gas, target, value, input), (succeeded) => {
          const { returnBytes } = state;
          const length = Math.min(outLength, returnBytes.length);
          memory.write(outOffset, length, returnBytes.subarray(0, length));
          stack.push(succeeded);
        });
      },
    };
  };

  return [
    [0xf1, call("call")],
    [0xf2, call("callcode")],
    [0xf4, call("delegatecall")],
    [0xfa, call("staticcall")],
  ];
}

function send(
  interpreter: Interpreter,
  scheme: CallScheme,
  gas: bigint,
  address: Address,
  value: bigint,
  input: Uint8Array,
): bigint | Pending<bigint> {
  const target = engineAddress(address);
  if (scheme === "call") return interpreter.call(gas, target, value, input);
  if (scheme === "callcode") return interpreter.callCode(gas, target, value, input);
  if (scheme === "staticcall") return interpreter.callStatic(gas, target, value, input);
  return interpreter.callDelegate(gas, target, interpreter._env.callValue, input);
}

/** The low 20 bytes of a word. */
function addressOf(word: bigint): Address {
  return bigintToBytes(word & ADDRESS_MASK, 20) as Address;
}

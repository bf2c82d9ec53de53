/** Log lines, panics and aborts. */
import { concatBytes, keccak256 } from "@trireme/core";
import { bytesValue, encodeAbi, word } from "../gateway/abi-writer.ts";
import { bytesToBase64 } from "../runtime/base64.ts";
import type { Execution } from "../runtime/execution.ts";
import { syscallBaseCost } from "../runtime/limits.ts";
import { base58Of } from "../runtime/pubkey-names.ts";
import {
  answer,
  argument,
  bytesOf,
  consume,
  pointer,
  readPubkey,
  syscallFault,
  translateSlice,
  translateSlices,
  type SvmSyscall,
} from "./guest.ts";
import { textOf } from "./utf8.ts";

/** `sol_log_(text, length)`: a line of text, a unit per byte. */
export const log: SvmSyscall = (machine) => {
  const length = argument(machine, 2);
  consume(machine, Math.max(syscallBaseCost, length));
  const text = textOf(bytesOf(machine, translateSlice(machine, pointer(machine, 1), length, "load")));
  machine.execution.log(`Program log: ${text}`);
  answer(machine, 0);
};

/** `sol_log_64_`: its five arguments in hexadecimal. */
export const log64: SvmSyscall = (machine) => {
  consume(machine, syscallBaseCost);
  const { registers } = machine;
  const words = [1, 2, 3, 4, 5].map((index) => {
    const high = registers[2 * index + 1] as number;
    const low = (registers[2 * index] as number).toString(16);
    return high === 0 ? `0x${low}` : `0x${high.toString(16)}${low.padStart(8, "0")}`;
  });
  machine.execution.log(`Program log: ${words.join(", ")}`);
  answer(machine, 0);
};

/** `sol_log_pubkey(pubkey)`. */
export const logPubkey: SvmSyscall = (machine) => {
  consume(machine, syscallBaseCost);
  machine.execution.log(`Program log: ${base58Of(readPubkey(machine, pointer(machine, 1)))}`);
  answer(machine, 0);
};

/** `sol_log_compute_units_()`. */
export const logComputeUnits: SvmSyscall = (machine) => {
  consume(machine, syscallBaseCost);
  machine.execution.log(`Program consumption: ${machine.meter.remaining} units remaining`);
  answer(machine, 0);
};

/** `sol_log_data(fields, count)`: fields in base64, and an EVM log of them where the frame is not static (rule 18). */
export const logData: SvmSyscall = (machine) => {
  consume(machine, syscallBaseCost);
  const count = argument(machine, 2);
  const { length: listed } = translateSlice(machine, pointer(machine, 1), count, "load", 16, 8);
  consume(machine, syscallBaseCost * (listed / 16));
  const fields = translateSlices(machine, pointer(machine, 1), count);
  consume(
    machine,
    fields.reduce((sum, { length }) => sum + length, 0),
  );
  const values = fields.map(({ at, length }) => bytesOf(machine, translateSlice(machine, at, length, "load")));
  const { execution } = machine;
  const logged = execution.state.logBytes;
  execution.log(`Program data: ${values.map(bytesToBase64).join(" ")}`);
  // What the line budget cuts off is no event either: it is all that bounds them.
  if (execution.state.logBytes > logged && !execution.isStatic) emitProgramData(execution, values);
  answer(machine, 0);
};

/** Topic of the EVM log that `sol_log_data` makes: `event ProgramData(bytes[] data)`. */
const programDataTopic = keccak256(new TextEncoder().encode("ProgramData(bytes[])"));

function emitProgramData({ host, current }: Execution, values: readonly Uint8Array[]): void {
  const data = concatBytes(encodeAbi(word(32n), word(BigInt(values.length))), encodeAbi(...values.map(bytesValue)));
  host.emitLog({ address: current.programAccount.address, topics: [programDataTopic], data });
}

/** `abort()`. */
export const abort: SvmSyscall = () => {
  throw syscallFault("Abort", "SBF program panicked");
};

/** `sol_panic_(file, length, line, column)`. */
export const panic: SvmSyscall = (machine) => {
  const length = argument(machine, 2);
  consume(machine, length);
  const file = textOf(bytesOf(machine, translateSlice(machine, pointer(machine, 1), length, "load")));
  throw syscallFault("Panic", `SBF program Panicked in ${file} at ${argument(machine, 3)}:${argument(machine, 4)}`);
};

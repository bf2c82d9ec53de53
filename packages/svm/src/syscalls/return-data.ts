/** Return data, stack height, and the instructions that ran before this one. */
import type { Pubkey } from "@trireme/core";
import { bytesPerUnit, maxReturnData, syscallBaseCost } from "../runtime/limits.ts";
import {
  answer,
  areApart,
  argument,
  consume,
  pointer,
  readNumber,
  syscallFault,
  translateSlice,
  translateValue,
  writeNumber,
  type SvmSyscall,
} from "./guest.ts";

/** `sol_set_return_data(data, length)`. */
export const setReturnData: SvmSyscall = (machine) => {
  const length = argument(machine, 2);
  consume(machine, Math.floor(length / bytesPerUnit) + syscallBaseCost);
  if (length > maxReturnData) {
    throw syscallFault("ReturnDataTooLarge", `Return data too large (${length} > ${maxReturnData})`);
  }
  const { offset } = translateSlice(machine, pointer(machine, 1), length, "load");
  machine.execution.setReturnData(machine.memory.bytes.slice(offset, offset + length));
  answer(machine, 0);
};

/** `sol_get_return_data(data, length, program)`: how much there is, and as much of it as `length` takes. */
export const getReturnData: SvmSyscall = (machine) => {
  consume(machine, syscallBaseCost);
  const { returnData } = machine.execution.state.record;
  const available = returnData?.data.length ?? 0;
  const length = Math.min(argument(machine, 2), available);
  if (returnData !== undefined && length > 0) {
    consume(machine, Math.floor((length + 32) / bytesPerUnit));
    const [at, programAt] = [pointer(machine, 1), pointer(machine, 3)];
    const data = translateSlice(machine, at, length, "store");
    const program = translateSlice(machine, programAt, 32, "store");
    if (!areApart(at, length, programAt, 32)) throw syscallFault("CopyOverlapping", "Overlapping copy");
    machine.memory.bytes.set(returnData.data.subarray(0, length), data.offset);
    machine.memory.bytes.set(returnData.program, program.offset);
  }
  answer(machine, available);
};

/** `sol_get_stack_height()`. */
export const getStackHeight: SvmSyscall = (machine) => {
  consume(machine, syscallBaseCost);
  answer(machine, machine.execution.stackHeight);
};

/** `sol_get_processed_sibling_instruction(index, header, program, data, accounts)`: 1 when there is one that far back. */
export const getProcessedSibling: SvmSyscall = (machine) => {
  consume(machine, syscallBaseCost);
  const found = siblingAt(machine.execution, argument(machine, 1));
  if (found === undefined) {
    answer(machine, 0);
    return;
  }
  const header = translateValue(machine, pointer(machine, 2), 16, 8, "store");
  const { data, metas: accounts, program } = found;
  if (readNumber(machine, header) === data.length && readNumber(machine, header + 8) === accounts.length) {
    const programAt = translateValue(machine, pointer(machine, 3), 32, 1, "store");
    const dataAt = translateSlice(machine, pointer(machine, 4), data.length, "store").offset;
    const accountsAt = translateSlice(machine, pointer(machine, 5), accounts.length, "store", 34).offset;
    const ranges = [
      { at: pointer(machine, 2), length: 16 },
      { at: pointer(machine, 3), length: 32 },
      { at: pointer(machine, 4), length: data.length },
      { at: pointer(machine, 5), length: accounts.length * 34 },
    ];
    const overlaps = ranges.some((left, index) =>
      ranges.some((right, other) => other > index && !areApart(left.at, left.length, right.at, right.length)),
    );
    if (overlaps) throw syscallFault("CopyOverlapping", "Overlapping copy");
    const { bytes } = machine.memory;
    bytes.set(program, programAt);
    bytes.set(data, dataAt);
    accounts.forEach(({ pubkey, isSigner, isWritable }, index) => {
      bytes.set(pubkey as Pubkey, accountsAt + index * 34);
      bytes[accountsAt + index * 34 + 32] = isSigner ? 1 : 0;
      bytes[accountsAt + index * 34 + 33] = isWritable ? 1 : 0;
    });
  }
  writeNumber(machine, header, data.length);
  writeNumber(machine, header + 8, accounts.length);
  answer(machine, 1);
};

/** Counts back from the running instruction over those of its height, as long as none is lower. */
function siblingAt({ trace, stackHeight }: { trace: readonly Traced[]; stackHeight: number }, index: number): Traced | undefined {
  let passed = 0;
  for (let at = trace.length - 1; at >= 0; at--) {
    const entry = trace[at] as Traced;
    if (entry.stackHeight < stackHeight) return undefined;
    if (entry.stackHeight !== stackHeight) continue;
    if (passed === index + 1) return entry;
    passed++;
  }
  return undefined;
}

type Traced = Parameters<SvmSyscall>[0]["execution"]["trace"][number];

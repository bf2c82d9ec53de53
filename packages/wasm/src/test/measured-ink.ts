/** What one host call costs, as the program sees it: the ink between two readings of its meter, less its own instructions. */
import { emptyBytes, type CallMessage } from "@trireme/core";
import { stylusWat } from "@trireme/testing";
import { createStylusMachine, type StylusMachine } from "./stylus-machine.ts";

/** A call to measure. */
export interface MeasuredCall {
  /** Function and arguments as WAT, all arguments i32 or i64 constants. */
  readonly call: string;
  readonly returns?: boolean;
  /** Host calls before it, which are not measured. */
  readonly before?: string;
  readonly data?: Uint8Array;
  readonly message?: Partial<CallMessage>;
  readonly machine?: StylusMachine;
  /** Limits of the memory. */
  readonly pages?: string;
}

/**
 * Ink of the call alone. Between the readings lie, at nitro's prices: the rest of the block that the first reading ends
 * in (header 2450, local.set 210, each constant 1, call 3800), the block of the second (header 2450, a drop 9 where
 * there is a result, i32.const 1, local.get 75, call 3800), and the second reading's own 8400.
 */
export function measureInk({ call, returns = false, before = "", data = emptyBytes, message, machine, pages }: MeasuredCall): bigint {
  const made = machine ?? createStylusMachine();
  const constants = call.match(/\.const/g)?.length ?? 0;
  const program = made.deploy(
    stylusWat(
      `(local $start i64)
      ${before}
      (local.set $start (call $evm_ink_left))
      ${returns ? `(drop ${call})` : call}
      (i64.store (i32.const 65528) (i64.sub (local.get $start) (call $evm_ink_left)))
      (call $write_result (i32.const 65528) (i32.const 8)) (i32.const 0)`,
      data,
      "",
      pages,
    ),
  );
  const result = made.call(program, message);
  if (result.kind !== "success") throw new Error(`expected success, got ${result.kind}`);
  const spent = new DataView(result.output.buffer, result.output.byteOffset).getBigInt64(0, true);
  return spent - BigInt(2450 + 210 + constants + 3800) - BigInt(2450 + (returns ? 9 : 0) + 1 + 75 + 3800) - 8400n;
}

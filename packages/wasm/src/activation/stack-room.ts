/** Room on the machine's stack. */
import { TriremeError } from "@trireme/core";

/** A call with these arguments takes 8 bytes for each: 128 KiB. */
const room: readonly undefined[] = Array.from({ length: 16_384 }, () => undefined);

/**
 * Asks for stack ahead of what must not be cut short: Node ends the whole process where the stack ends while zlib begins.
 * @throws TriremeError `STACK_OVERFLOW` when less than 128 KiB are left: a thread with a larger stack can run the same
 */
export function assertStackRoom(): void {
  try {
    Reflect.apply(takeRoom, undefined, room as undefined[]);
  } catch (cause) {
    throw new TriremeError("STACK_OVERFLOW", "expected 128 KiB of stack to decompress a program; run it on a thread with a larger stack", {
      cause,
    });
  }
}

function takeRoom(): void {}

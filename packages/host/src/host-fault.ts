/** Faults of the host machine: thrown, never a contract's outcome (law 7). */
import { isStackOverflow, isTriremeError, TriremeError, type TriremeErrorCode } from "@trireme/core";

/** What an environment lets out when it hands the host, or core, a value that cannot be. */
const misuses: ReadonlySet<TriremeErrorCode> = new Set([
  "INVALID_ADDRESS",
  "INVALID_PUBKEY",
  "INVALID_HEX",
  "INVALID_LENGTH",
  "INVALID_ENCODING",
  "INVALID_ARGUMENT",
  "LAMPORTS_OVERFLOW",
  "ACCOUNT_FROZEN",
]);

/**
 * The error that leaves the host. An environment's misuse is a fault of the transaction that led to it, so that it can
 * be told from a block's (rule 21); other `TriremeError`s, of a database say, stay what they are.
 */
export function toHostFault(error: unknown): TriremeError {
  if (isTriremeError(error) && !misuses.has(error.code)) return error;
  if (isStackOverflow(error)) {
    return new TriremeError(
      "STACK_OVERFLOW",
      "expected the execution to fit this thread's stack, it did not: run it on a thread with a larger one",
      { cause: error },
    );
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new TriremeError("HOST_FAULT", `expected the execution to end with an outcome, it threw ${text}`, { cause: error });
}

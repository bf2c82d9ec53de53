/**
 * The one error family of Trireme. Outcomes of contracts are values (`ExecutionResult`); what is thrown is a fault
 * of the host, a misuse of an API, or input that cannot be read.
 */

/**
 * Stable, append-only codes. A code is never renamed or reused: users match on it, messages may change.
 */
export type TriremeErrorCode =
  | "INVALID_ADDRESS"
  | "INVALID_PUBKEY"
  | "INVALID_HEX"
  | "INVALID_LENGTH"
  | "INVALID_ENCODING"
  | "INVALID_ARGUMENT"
  | "INVALID_CONFIGURATION"
  | "INVALID_TRANSACTION"
  | "INVALID_BLOCK"
  | "UNKNOWN_ENVIRONMENT"
  | "UNKNOWN_FORMAT"
  | "HOST_FAULT"
  | "STACK_OVERFLOW"
  | "LAMPORTS_OVERFLOW"
  | "ACCOUNT_FROZEN"
  | "STATE_UNAVAILABLE"
  | "ROOT_MISMATCH"
  | "DATABASE_CORRUPT"
  | "DATABASE_FORMAT"
  | "DATABASE_LOCKED"
  | "DATABASE_WRITE_FAILED"
  | "GENESIS_MISMATCH"
  | "PORT_IN_USE"
  | "LIMIT_EXCEEDED"
  | "NOT_SUPPORTED"
  | "INVALID_PROOF";

/** What an error may carry beside its message: values a program can read. */
export type TriremeErrorDetails = Readonly<Record<string, unknown>>;

/** An error with a stable `code`, a message that says what was expected and what came, and typed details. */
export class TriremeError extends Error {
  override readonly name: string = "TriremeError";
  readonly code: TriremeErrorCode;
  readonly details: TriremeErrorDetails;

  constructor(code: TriremeErrorCode, message: string, options: { cause?: unknown; details?: TriremeErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** True for every error of this family, of whichever copy of the package it comes (it looks at the shape). */
export function isTriremeError(error: unknown): error is TriremeError {
  return error instanceof Error && error.name === "TriremeError" && typeof (error as { code?: unknown }).code === "string";
}

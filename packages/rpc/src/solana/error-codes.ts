/** Solana's own wire codes (agave/rpc-client-api/src/custom_error.rs). */
export const solanaErrorCodes = {
  blockCleanedUp: -32001,
  sendTransactionPreflightFailure: -32002,
  signatureVerificationFailure: -32003,
  blockNotAvailable: -32004,
  nodeUnhealthy: -32005,
  slotSkipped: -32007,
  signatureLengthMismatch: -32013,
  unsupportedTransactionVersion: -32015,
  minContextSlotNotReached: -32016,
} as const;

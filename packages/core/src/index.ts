export {
  accountDataPageSize,
  delegationPrefix,
  delegationTarget,
  hasPrefix,
  isSvmDesignator,
  maxAccountDataLength,
  svmDesignator,
  svmDesignatorLength,
  svmDesignatorPrefix,
  svmRecordFromDesignator,
  type AccountKind,
  type SvmRecord,
} from "./account.ts";
export {
  addressFromBytes,
  addressFromHex,
  addressToChecksumHex,
  addressToHex,
  create2Address,
  createAddress,
  zeroAddress,
  type Address,
} from "./address.ts";
export type { BlockHooks } from "./block-hooks.ts";
export type { Brand } from "./brand.ts";
export {
  bigintToBytes,
  bytesToBigint,
  bytesToHex,
  compareBytes,
  concatBytes,
  emptyBytes,
  equalBytes,
  hexToBytes,
  type Hex,
} from "./bytes.ts";
export type { BlockContext, TransactionContext } from "./context.ts";
export {
  decodeDialectEnvelope,
  dialectTransactionType,
  encodeDialectEnvelope,
  solanaIdOfEthereumTransaction,
  solanaIdTag,
  type DialectEnvelope,
} from "./envelope.ts";
export type {
  CodeClaim,
  EnvironmentDescriptor,
  EnvironmentId,
  EnvironmentSource,
  ExecutionEnvironment,
  FormatDescriptor,
  TransactionVerdict,
} from "./environment.ts";
export { isTriremeError, TriremeError, type TriremeErrorCode, type TriremeErrorDetails } from "./errors.ts";
export { hardforks, isAtLeast, isHardfork, type Hardfork } from "./hardfork.ts";
export { emptyCodeHash, zeroHash, type Hash } from "./hash.ts";
export type { AccessHost, AccountHost, Checkpoint, DataAccountHost, Host, LifecycleHost, StorageHost } from "./host.ts";
export { canonicalPubkey, isTaggedPubkey, pubkeyOf, pubkeyTag, toAddress, toPubkey } from "./identity.ts";
export { createKeccakBatch, type KeccakBatch, type KeccakBatchOptions } from "./keccak/keccak-batch.ts";
export { keccak256 } from "./keccak/keccak.ts";
export type { Log, ProgramLog } from "./log.ts";
export {
  maxCallDepth,
  type AccountMeta,
  type CallMessage,
  type CallScheme,
  type CreateMessage,
  type Instruction,
  type InstructionMessage,
  type Message,
} from "./message.ts";
export {
  budgetFromGas,
  createMeterRate,
  gasBudgetFromUnits,
  gasFromUsed,
  gasReturned,
  inkPerGas,
  inkRate,
  lamportsFromWei,
  unitsReturned,
  weiFromLamports,
  weiPerLamport,
  type ComputeUnits,
  type Gas,
  type Ink,
  type Lamports,
  type MeterRate,
} from "./meter.ts";
export { pubkeyFromBase58, pubkeyFromBytes, pubkeyToBase58, systemProgram, type Pubkey } from "./pubkey.ts";
export {
  gasLeftOf,
  outputOf,
  type CommonHaltReason,
  type ExecutionResult,
  type HaltReason,
  type HaltResult,
  type RefusalReason,
  type RevertResult,
  type SuccessResult,
} from "./result.ts";
export type { Tracer, TraceStep, UnitUse } from "./trace.ts";
export type {
  AccessHints,
  BlockRoom,
  Decoded,
  DeclaredAccount,
  DeclaredSlot,
  FormatId,
  FormatRules,
  InvolvedAccount,
  Prepared,
  PreparedTransaction,
  Settlement,
  Transaction,
  TransactionError,
  TransactionFormat,
  TransactionOutcome,
  TransactionResult,
} from "./transaction.ts";
export { assertStackRoom, isStackOverflow, rethrowStackOverflow, stackOverflow } from "./stack/stack-room.ts";
export { slotWriteGas, slotWriteRefund, storageGas } from "./storage-gas.ts";

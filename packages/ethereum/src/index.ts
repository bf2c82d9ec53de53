export { applyAuthorizations, authorizationHash, recoverAuthority, signAuthorization } from "./authorization.ts";
export { decodeBlock, encodeBlock, type EncodedBlock } from "./block-codec.ts";
export { decodeHeader, emptyOmmersHash, encodeHeader, hashHeader, type BlockHeader } from "./block-header.ts";
export { decodeTransaction, signTransaction } from "./decode-transaction.ts";
export { createEthereumFormat } from "./ethereum-format.ts";
export type {
  AccessListEntry,
  Authorization,
  EthereumTransaction,
  EthereumTransactionType,
  Signature,
  UnsignedTransaction,
} from "./ethereum-transaction.ts";
export {
  blobBaseFee,
  blobParameterForks,
  blobScheduleOf,
  gasPerBlob,
  maxBlobsPerTransaction,
  nextBaseFee,
  nextExcessBlobGas,
  type BlobSchedule,
} from "./fee-market.ts";
export {
  createImpersonatedFormat,
  decodeImpersonatedTransaction,
  encodeImpersonatedTransaction,
  impersonatedFormatId,
} from "./impersonated-format.ts";
export { floorGas, intrinsicGas, maxInitCodeSize } from "./intrinsic-gas.ts";
export { precompileAddresses } from "./precompile-addresses.ts";
export type { PreparedEthereumTransaction } from "./prepared-transaction.ts";
export { bloomMayHold, encodeLogs, encodeReceipt, logsBloom, mergeBlooms, type ReceiptPayload } from "./receipt.ts";
export { hashRequests } from "./requests.ts";
export { decodeRlp, encodeRlp, integerToRlp, readBytes, readInteger, readList, type RlpItem } from "./rlp.ts";
export { addressOfPrivateKey, portableRecovery, recoverSigner, signHash } from "./signature.ts";
export {
  beaconRootsContract,
  consolidationRequestsContract,
  historyStorageContract,
  systemContracts,
  withdrawalRequestsContract,
  type SystemContract,
} from "./system-contracts.ts";
export { maxTransactionGas } from "./transaction-checks.ts";
export {
  decodeSignedTransaction,
  decodeUnsignedTransaction,
  encodeSignedTransaction,
  encodeUnsignedTransaction,
} from "./transaction-codec.ts";
export { encodeWithdrawal, weiPerGwei, type Withdrawal } from "./withdrawal.ts";

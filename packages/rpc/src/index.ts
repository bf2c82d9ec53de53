export type { RpcBlock } from "./ethereum/format/block.ts";
export type { RpcLog } from "./ethereum/format/log.ts";
export type { RpcReceipt } from "./ethereum/format/receipt.ts";
export type { RpcTransaction } from "./ethereum/format/transaction.ts";
export {
  createEthereumDispatcher,
  createEthereumMethods,
  type DialectMethods,
  type EthereumDispatcherOptions,
  type EthereumMethodsOptions,
} from "./ethereum/ethereum-rpc.ts";
export type { DevSigner } from "./ethereum/dev-signers.ts";
export { defaultEthereumLimits, type EthereumLimits } from "./ethereum/services.ts";
export {
  createRpcDispatcher,
  type RpcCallRecord,
  type RpcDispatcher,
  type RpcDispatcherLimits,
  type RpcDispatcherOptions,
  type RpcReply,
} from "./json-rpc/rpc-dispatcher.ts";
export { isRpcError, RpcError, rpcErrorCodes, type RpcErrorObject } from "./json-rpc/rpc-error.ts";
export {
  defineMethod,
  optional,
  required,
  type Parameter,
  type Parser,
  type RpcContext,
  type RpcMethod,
  type RpcMethods,
} from "./json-rpc/rpc-method.ts";
export { createRpcSession, type OwnedRpcSession, type RpcSession } from "./json-rpc/rpc-session.ts";
export { createEip1193Provider, type Eip1193Provider, type ProviderMessage, type ProviderRequest } from "./provider/eip1193-provider.ts";
export {
  createSolanaSubscriptionsTransport,
  createSolanaTransport,
  type SolanaChannel,
  type SolanaSubscriptionsTransport,
  type SolanaTransport,
} from "./provider/solana-transport.ts";
export { createViemTransport, type TransportSubscriptions } from "./provider/viem-transport.ts";
export { createInProcessConnection, type ConnectionClass } from "./provider/web3-connection.ts";
export type { HealthReport, MetricsReport } from "./server/http-app.ts";
export {
  createRpcServer,
  defaultRpcServerLimits,
  type RpcServer,
  type RpcServerLimits,
  type RpcServerOptions,
} from "./server/rpc-server.ts";
export type { CallFrame, TracedAccount, TracedLog, TracedUnits } from "./tracers/call-frame.ts";
export { createCallTracer, type CallTracer, type CallTracerOptions, type TracedTransaction } from "./tracers/call-tracer.ts";
export type { RpcBlockReport, RpcTransactionRuns } from "./trireme/get-block-report.ts";
export type { TransactionTrace } from "./trireme/trace-transaction.ts";
export { failingPath } from "./tracers/failing-path.ts";
export { createStructLogTracer, type StructLog, type StructLogOptions, type StructLogTracer } from "./tracers/struct-log-tracer.ts";
export { createFaucet, type Faucet } from "./solana/faucet.ts";
export { defaultSolanaLimits, type SolanaLimits } from "./solana/services.ts";
export {
  createSolanaDispatcher,
  createSolanaMethods,
  type SolanaDispatcherOptions,
  type SolanaMethodsOptions,
} from "./solana/solana-rpc.ts";

/** A node: a chain on a data directory behind its RPC ports. */
import { createChain, type Chain, type ChainDefinition } from "@trireme/chain";
import {
  createEthereumDispatcher,
  createRpcServer,
  createSolanaDispatcher,
  type RpcCallRecord,
  type RpcDispatcher,
  type RpcServerOptions,
} from "@trireme/rpc";
import { missingPrograms, solanaDialect } from "@trireme/svm";
import { toAddress, type TriremeError } from "@trireme/core";
import type { DevAccount } from "./dev-accounts.ts";
import { createLogger, type LogLevel } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import { openDataDirectory } from "./open-data-directory.ts";
import { openSolanaPorts } from "./solana-ports.ts";

/** How a node is started. */
export interface NodeOptions {
  readonly chain: ChainDefinition;
  /** Keys with which the node signs for eth_accounts; development chains only. */
  readonly accounts?: readonly DevAccount[];
  /** Where the chain is kept; in memory without. */
  readonly dataDirectory?: string | undefined;
  /** Address to listen on; 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** Port of HTTP and WebSocket; 0 takes a free one. */
  readonly port?: number;
  /** Solana's HTTP port, 8899 by default, on a chain that speaks its dialect; WebSocket is on the next one. 0 (also where `port` is 0) takes a free pair. */
  readonly solanaPort?: number;
  /** ed25519 seed of the account that Solana's requestAirdrop gives from; nobody gives without. */
  readonly faucetSeed?: Uint8Array;
  readonly corsOrigins?: readonly string[];
  readonly allowedHosts?: readonly string[];
  readonly logLevel?: LogLevel;
  /** What web3_clientVersion says. */
  readonly clientVersion?: string;
}

/** Where Solana's clients connect, and what they will not find. */
export interface SolanaEndpoints {
  readonly http: string;
  readonly ws: string;
  /** Names of the standard programs that this chain has not: "SPL Token", ... */
  readonly missingPrograms: readonly string[];
}

/** A running node. */
export interface RunningNode {
  readonly chain: Chain;
  readonly dispatcher: RpcDispatcher;
  readonly http: string;
  readonly ws: string;
  /** Undefined on a chain without Solana's dialect. */
  readonly solana: SolanaEndpoints | undefined;
  /** One line about what opening the data directory repaired. */
  readonly recovered: string | undefined;
  /** Resolves when the node has to stop by itself: its disk failed. */
  readonly stopped: Promise<TriremeError>;
  /** Takes no more requests, makes what is pending durable, frees the directory. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a node.
 * @throws TriremeError with one line for a person: `DATABASE_LOCKED`, `DATABASE_FORMAT`, `DATABASE_CORRUPT`,
 * `GENESIS_MISMATCH`, `PORT_IN_USE`, ...
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const logger = createLogger(options.logLevel ?? "warn");
  let failure: TriremeError | undefined;
  let fail: (error: TriremeError) => void = () => undefined;
  const stopped = new Promise<TriremeError>((resolve) => {
    fail = resolve;
  });
  const { database, recovered } = await openDataDirectory(options.dataDirectory, {
    chain: options.chain,
    onFailure: (error) => {
      logger.fatal({ code: error.code }, error.message);
      process.exitCode = 1;
      failure = error;
      fail(error);
    },
  });
  // Newest first: what was opened last is closed first, whether the start fails half way or the node ends.
  const closers: (() => Promise<void> | void)[] = [() => database.close()];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const chain = await createChain(options.chain, { database });
    closers.push(() => chain.close());
    const metrics = createMetrics(chain);
    closers.push(() => metrics.close());
    const observe = ({ method, milliseconds, errorCode }: RpcCallRecord): void => {
      metrics.countRequest(method, errorCode !== undefined, milliseconds / 1000);
      logger.debug({ method, milliseconds, errorCode }, "rpc");
    };
    const dispatcher = createEthereumDispatcher({
      chain,
      accounts: (options.accounts ?? []).filter(({ kind }) => kind === "evm"),
      ...(options.clientVersion === undefined ? {} : { clientVersion: options.clientVersion }),
      observe,
    });
    closers.push(() => dispatcher.close());
    const serving = {
      host: options.host ?? "127.0.0.1",
      corsOrigins: options.corsOrigins ?? [],
      allowedHosts: options.allowedHosts ?? [],
      health: () => ({
        isHealthy: failure === undefined,
        details: { chainId: Number(chain.chainId), head: Number(chain.head.header.number), failure: failure?.message ?? null },
      }),
      metrics: async () => ({ contentType: metrics.contentType, body: await metrics.render() }),
    } satisfies Omit<RpcServerOptions, "dispatcher">;
    const server = await createRpcServer({ ...serving, dispatcher, port: options.port ?? 8545 });
    closers.push(() => server.close());
    let solana: SolanaEndpoints | undefined;
    if (chain.formats.includes(solanaDialect)) {
      const { faucetSeed, solanaPort = options.port === 0 ? 0 : 8899 } = options;
      const solanaDispatcher = createSolanaDispatcher({ chain, observe, ...(faucetSeed === undefined ? {} : { faucetSeed }) });
      closers.push(() => solanaDispatcher.close());
      const ports = await openSolanaPorts({ ...serving, dispatcher: solanaDispatcher, port: solanaPort });
      closers.push(() => ports.close());
      const missing = await findMissingPrograms(chain);
      if (missing.length > 0)
        logger.warn({ programs: missing }, "standard programs are missing: svm({ programs: splPrograms() }) has them");
      solana = { http: ports.http, ws: ports.ws, missingPrograms: missing };
    }
    const unsubscribe = chain.subscribe((event) => {
      if (event.kind === "block") {
        const { number, gasUsed } = event.block.header;
        logger.info({ block: Number(number), transactions: event.block.transactions.length, gasUsed: Number(gasUsed) }, "block");
      }
    });
    closers.push(unsubscribe);
    let closing: Promise<void> | undefined;
    return {
      chain,
      dispatcher,
      http: server.url,
      ws: server.webSocketUrl,
      solana,
      recovered,
      stopped,
      close: () => (closing ??= closeAll()),
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Standard programs that have no account at the head. */
async function findMissingPrograms(chain: Chain): Promise<readonly string[]> {
  const view = await chain.stateAt("latest");
  return missingPrograms([])
    .filter(({ id }) => view?.getAccount(toAddress(id))?.svm === undefined)
    .map(({ name }) => name);
}

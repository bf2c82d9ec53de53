/** `createChain`: a running chain in this process. */
import type { Transaction, TransactionError } from "@trireme/core";
import { impersonatedFormatId } from "@trireme/ethereum";
import { createHostExecutor } from "@trireme/host";
import { createMemoryDatabase, createWorldState, type Database } from "@trireme/state";
import { baseFeeAfter, blobBaseFeeAt, contextOf, excessBlobGasAfter } from "./block/block-seed.ts";
import { createSimulationFormat } from "./calls/simulation-format.ts";
import type { Chain, SubmitResult } from "./chain.ts";
import { blockDecoder, blockFormats } from "./definition/block-formats.ts";
import type { ChainDefinition } from "./definition/chain-definition.ts";
import { createDevTools } from "./dev/dev-tools.ts";
import { createImpersonation } from "./dev/impersonation.ts";
import { createPool } from "./execution/create-pool.ts";
import { createExecutionService } from "./execution/execution-service.ts";
import { createLargeStackThread } from "./execution/large-stack-thread.ts";
import { mostUnderWay, openLedger } from "./ledger/ledger.ts";
import { createSerialQueue } from "./ledger/serial-queue.ts";
import { createAdmission } from "./mempool/admission.ts";
import { createIntake } from "./mempool/intake.ts";
import { createMempool } from "./mempool/mempool.ts";
import { preparePoolOf } from "./mempool/prepare-pool-of.ts";
import { createProgramAnnouncer } from "./mempool/program-announcer.ts";
import { createSubmit } from "./mempool/submit.ts";
import { openGenesis } from "./open-genesis.ts";
import { createBlockReports } from "./observing/block-reports.ts";
import { createBlockClock } from "./production/block-clock.ts";
import { createBlockProducer } from "./production/block-producer.ts";
import { createEventHub } from "./production/event-hub.ts";
import { createMiner } from "./production/miner.ts";
import { createBlockQueries } from "./queries/block-queries.ts";
import { createCallQueries } from "./queries/call-queries.ts";
import { createDryRun } from "./queries/dry-run.ts";
import { createSimulationQuery } from "./queries/simulation-query.ts";

/** How a chain is opened. */
export interface CreateChainOptions {
  /** Where blocks and state are kept; memory that ends with the chain by default. The chain closes it. */
  readonly database?: Database;
  /** Milliseconds since 1970; the system clock by default. Only the time of new blocks comes from it. */
  readonly now?: () => number;
}

/**
 * Opens the chain of a definition, at genesis in an empty database, at its last durable block in any other.
 * @throws TriremeError `GENESIS_MISMATCH` for the database of another chain; `ROOT_MISMATCH` | `DATABASE_CORRUPT` for one that is damaged
 */
export async function createChain(definition: ChainDefinition, options: CreateChainOptions = {}): Promise<Chain> {
  const { database = createMemoryDatabase(), now = Date.now } = options;
  const { chainId, hardfork, limits, history } = definition;
  await openGenesis(definition, database);
  const formatDescriptors = blockFormats(definition);
  const formats = formatDescriptors.map(({ create }) => create());
  const executor = createHostExecutor({
    environments: definition.environments.map(({ create }) => create()),
    formats: [...formats, createSimulationFormat()],
    reentryLimit: limits.reentries,
    memoryBudget: limits.transactionMemory,
  });
  const world = createWorldState({ database, historyBlocks: history === "all" ? "all" : history + mostUnderWay });
  const ledger = openLedger({ database, world, decode: blockDecoder(formats, chainId), hardfork, history });

  const queue = createSerialQueue(ledger.settle);
  const events = createEventHub();
  const clock = createBlockClock(now);
  const impersonation = createImpersonation();
  const mempool = createMempool({
    maxTransactions: limits.mempoolTransactions,
    maxTransactionsPerSender: limits.mempoolTransactionsPerSender,
    accountNonce: (address) => ledger.latest.getAccount(address)?.nonce ?? 0n,
  });
  const worker = createLargeStackThread(definition, formatDescriptors, world.share());
  const pool = createPool(definition, formatDescriptors, world.share(), executor);
  const execution = createExecutionService({ executor, ledger, queue, worker, pool });
  const reports = createBlockReports(pool?.workers ?? 0);
  const producer = createBlockProducer({ definition, ledger, mempool, clock, events, execution, queue, reports });
  let failure: Error | undefined;
  const miner = createMiner({
    producer,
    mempool,
    mining: definition.mining,
    onFailure: (error) => {
      failure ??= error instanceof Error ? error : new Error(String(error));
    },
  });
  const admission = createAdmission({
    definition,
    formats,
    executor,
    reader: () => ledger.latest,
    context: () => contextOf(definition, producer.nextSeed()),
    getBlockHash: (number) => ledger.store.getBlock(number)?.hash,
  });
  const announcer =
    pool === undefined
      ? undefined
      : createProgramAnnouncer({ pool, reader: () => ledger.latest, context: () => contextOf(definition, producer.nextSeed()) });
  if (announcer !== undefined) {
    events.subscribe((event) => (event.kind === "pending" ? announcer.expect(event.transaction) : announcer.startOver()));
  }
  const preparePool = preparePoolOf(definition, formatDescriptors);
  const intake = preparePool === undefined ? undefined : createIntake(admission, preparePool);
  const admit = createSubmit({
    ledger,
    mempool,
    admission,
    miner,
    events,
    isScheduled: pool !== undefined,
    extraCheck: (transaction) => checkImpersonated(transaction),
  });
  const blocks = createBlockQueries(definition, ledger, producer, mempool);
  const calls = createCallQueries(definition, ledger, blocks, execution);

  const submit = async (raw: Uint8Array): Promise<SubmitResult> => {
    const decoded = intake?.decode(raw) ?? admission.decode(raw);
    return admit(decoded instanceof Promise ? await decoded : decoded);
  };

  /** Anybody can write an envelope that names any sender: it counts only for those that a developer unlocked. */
  const checkImpersonated = ({ format, sender }: Transaction): TransactionError | undefined =>
    format !== impersonatedFormatId || (definition.dev && impersonation.isImpersonated(sender))
      ? undefined
      : { code: "notImpersonated", message: "expected a signed transaction, or one of a sender that is impersonated" };

  return {
    chainId,
    hardfork,
    formats: definition.formats.map(({ id }) => id),
    get head() {
      return ledger.head;
    },
    get failure() {
      return ledger.failure ?? failure;
    },
    getBlock: blocks.getBlock,
    getReceipts: blocks.getReceipts,
    getReceipt: blocks.getReceipt,
    getTransaction: blocks.getTransaction,
    stateAt: blocks.stateAt,
    getAccount: async (address, tag = "latest") => (await blocks.stateAt(tag))?.getAccount(address),
    submit,
    readAhead: (raws) => intake?.readAhead(raws) ?? (() => undefined),
    ...calls,
    dryRun: createDryRun({ definition, ledger, execution, nextSeed: producer.nextSeed }),
    simulate: createSimulationQuery({ definition, ledger, blocks, execution }),
    nextBaseFee: () => producer.settings.nextBaseFee ?? baseFeeAfter(definition, ledger.head.header),
    nextBlobBaseFee: () => blobBaseFeeAt(hardfork, excessBlobGasAfter(hardfork, ledger.head.header)),
    mempool: {
      get pending() {
        return mempool.pending();
      },
      get queued() {
        return mempool.queued();
      },
      nextNonce: mempool.nextNonce,
    },
    subscribe: events.subscribe,
    scheduler: {
      workers: reports.workers,
      get counts() {
        return reports.counts;
      },
      getReport: async (tag) => {
        const block = tag === "pending" ? undefined : await blocks.getBlock(tag);
        return block === undefined ? undefined : reports.reportOf(block);
      },
      subscribe: reports.subscribe,
    },
    dev: definition.dev
      ? createDevTools({
          definition,
          ledger,
          mempool,
          clock,
          events,
          producer,
          miner,
          queue,
          impersonation,
          estimateGas: calls.estimateGas,
          // At once: the nonce of the next one counts it.
          submit: async (raw) => admit(admission.decode(raw)),
        })
      : undefined,
    close: async () => {
      await intake?.close();
      announcer?.startOver();
      miner.close();
      await queue.idle();
      await execution.close();
      await ledger.close();
    },
  };
}

/**
 * The same signed wire bytes through a chain's path (format, host, SVM on a real journal) and through litesvm, everything
 * that can be seen compared.
 */
import {
  encodeDialectEnvelope,
  pubkeyFromBase58,
  pubkeyToBase58,
  systemProgram,
  toAddress,
  weiPerLamport,
  type BlockContext,
  type ExecutionEnvironment,
  type Hash,
  type Pubkey,
} from "@trireme/core";
import { createHostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, type Journal } from "@trireme/state";
import {
  createSolanaFormat,
  createSvm,
  decodeSolanaReceipt,
  decodeWire,
  programIds,
  sysvarIds,
  type GenesisProgram,
  type SolanaTransactionError,
} from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import { testBlock } from "@trireme/testing";
import { createSolanaOracle, hex, type SeenTransaction, type SolanaAccountState, type SolanaOracle } from "./solana-oracle.mts";

const genesisTime = 1_700_000_000n;
const loaderIds = { 1: programIds.loaderV1, 2: programIds.loaderV2, 3: programIds.loaderV3 } as const;

/** How the chain is made. */
export interface TwinOptions {
  readonly engine?: "compiler" | "interpreter";
  readonly programs?: readonly GenesisProgram[];
  /** Lamports of wallets. */
  readonly wallets: readonly { readonly key: Pubkey; readonly lamports: bigint }[];
}

/** What sending a transaction gave on both sides, equal unless `difference` says otherwise. */
export interface TwinResult {
  readonly ours: SeenTransaction;
  readonly difference: string | undefined;
}

/** A chain and litesvm, block by block. */
export interface SolanaTwins {
  readonly oracle: SolanaOracle;
  readonly slot: bigint;
  /** The newest hash that a transaction can name. */
  readonly blockhash: Hash;
  /** The hash of an earlier block. */
  blockhashOf(slot: bigint): Hash;
  account(key: Pubkey): SolanaAccountState | undefined;
  /** Sends wire bytes to both. A damaged message may be refused for different reasons. */
  send(wire: Uint8Array, isDamaged?: boolean): TwinResult;
  /** Sends wire bytes to the chain alone. */
  sendOurs(wire: Uint8Array): SeenTransaction;
  /** Makes litesvm's account what ours is: after one of its deviations. */
  copyToOracle(key: Pubkey): void;
  nextBlock(count?: number): void;
  /** Differences between all accounts that were ever named; wei made or lost is one. */
  compareAll(): readonly string[];
}

export function createSolanaTwins({ engine = "compiler", programs = [], wallets }: TwinOptions): SolanaTwins {
  const oracle = createSolanaOracle();
  const format = createSolanaFormat();
  const environment = environmentOf(engine, programs);
  const executor = createHostExecutor({ environments: [environment], formats: [format] });
  const world = createWorldState({ database: createMemoryDatabase() });
  const hashes = new Map<bigint, Hash>();
  const getBlockHash = (number: bigint): Hash | undefined =>
    number >= block.number || number < block.number - 256n ? undefined : hashes.get(number);
  const known = new Map<string, Pubkey>();
  let block: BlockContext = { ...testBlock, number: 0n, timestamp: genesisTime, gasLimit: 10n ** 12n };
  let journal = createJournal(world.reader);
  let burnt = 0n;
  /** Who paid for the last transaction, if it could not be loaded. */
  let feeOnlyPayer: Pubkey | undefined;
  let issued = 0n;

  const know = (key: Pubkey): void => void known.set(hex(key), key);
  const seal = (): void => {
    const { diff, undo } = journal.takeDiff();
    world.apply(block.number, diff, undo);
    journal = createJournal(world.reader);
  };
  const open = (): void => {
    block = { ...block, number: block.number + 1n, timestamp: block.timestamp + 1n };
    oracle.expireBlockhash();
    hashes.set(block.number - 1n, pubkeyFromBase58(oracle.latestBlockhash()) as Uint8Array as Hash);
    const slotHashes = [...hashes].reverse().map(([slot, hash]) => ({ slot, hash: pubkeyToBase58(hash as Uint8Array as Pubkey) }));
    oracle.setBlock({ slot: block.number, timestamp: block.timestamp, epochStart: genesisTime, slotHashes: slotHashes.slice(0, 512) });
    executor.runHooks("beginBlock", journal, block, { getBlockHash });
  };
  const total = (): bigint =>
    [...known.values()].reduce((sum, key) => sum + journal.getBalance(toAddress(key)), journal.getBalance(block.coinbase));

  for (const { key, lamports } of wallets) {
    journal.setBalance(toAddress(key), lamports * weiPerLamport);
    oracle.setAccount(key, { lamports, owner: systemProgram, data: new Uint8Array(0), executable: false });
    know(key);
  }
  oracle.setBlock({ slot: 0n, timestamp: genesisTime, epochStart: genesisTime, slotHashes: [] });
  executor.runHooks("writeGenesis", journal, block, { getBlockHash });
  for (const { id, elf, loader } of programs) oracle.addProgram(id, elf, loaderIds[loader]);
  seal();
  open();
  issued = total();

  const runOurs = (wire: Uint8Array): SeenTransaction => {
    feeOnlyPayer = undefined;
    const decoded = format.decode(encodeDialectEnvelope({ dialect: "solana", payload: wire }), { chainId: block.chainId });
    if (decoded.kind === "invalid") return nothingSeen(decoded.error);
    const { message } = decoded.transaction.wire;
    for (const key of message.staticAccounts) learn(key);
    const outcome = executor.executeTransaction(
      decoded.transaction,
      journal,
      block,
      { gasLeft: block.gasLimit, blobGasLeft: 0n },
      { getBlockHash },
    );
    if (outcome.kind === "invalid") return nothingSeen(outcome.error);
    burnt += outcome.burnt;
    if (outcome.kind === "feeOnly") feeOnlyPayer = message.staticAccounts[0];
    const receipt = decodeSolanaReceipt(outcome.extra as Uint8Array);
    for (const key of [...receipt.loadedWritable, ...receipt.loadedReadonly]) learn(key);
    const { returnData } = receipt;
    return {
      error: receipt.error,
      logs: outcome.programLogs,
      units: receipt.computeUnitsConsumed,
      returnData:
        returnData === undefined || returnData.data.length === 0
          ? undefined
          : { program: hex(returnData.program), data: hex(returnData.data) },
      inner: receipt.innerInstructions.map((each) => ({
        ...each,
        accountIndices: [...each.accountIndices],
        data: hex(each.data),
      })),
    };
  };
  /** Wei that a key had before anybody named it were there from the start: programs of genesis. */
  const learn = (key: Pubkey): void => {
    if (known.has(hex(key))) return;
    issued += journal.getBalance(toAddress(key));
    know(key);
  };

  const copyToOracle = (key: Pubkey): void =>
    oracle.setAccount(key, accountOf(key, journal) ?? { lamports: 0n, owner: systemProgram, data: new Uint8Array(0), executable: false });

  return {
    oracle,
    get slot() {
      return block.number;
    },
    get blockhash() {
      return hashes.get(block.number - 1n) as Hash;
    },
    blockhashOf: (slot) => hashes.get(slot) as Hash,
    account: (key) => accountOf(key, journal),
    sendOurs: runOurs,
    send(wire, isDamaged = false) {
      const ours = runOurs(wire);
      // litesvm's Node binding aborts the process over bytes that are no transaction; nothing may come of them here.
      if (decodeWire(wire).kind === "invalid") return { ours, difference: isRefusal(ours) ? undefined : JSON.stringify(ours) };
      const theirs = oracle.send(wire);
      // litesvm lets those off that it cannot load; a bank charges them (SIMD-0082).
      if (feeOnlyPayer !== undefined) copyToOracle(feeOnlyPayer);
      // Nothing happens on either side: which of several reasons a damaged message is given is a matter of order.
      if (isDamaged && isRefusal(ours) && isRefusal(theirs)) return { ours, difference: undefined };
      // A program that is not there is not found (agave `load_transaction_accounts`); to litesvm it is invalid.
      const isMissing = ours.error === "ProgramAccountNotFound" && theirs.error === "InvalidProgramForExecution";
      return { ours, difference: differenceOf(ours, isMissing ? { ...theirs, error: ours.error } : theirs) };
    },
    copyToOracle,
    nextBlock(count = 1) {
      for (let index = 0; index < count; index++) {
        executor.runHooks("endBlock", journal, block, { getBlockHash });
        seal();
        open();
      }
    },
    compareAll() {
      const problems = [...known.values()].flatMap((key) => {
        const theirs = oracle.getAccount(key);
        if (theirs !== undefined && isFixed(theirs.owner)) return [];
        const ours = show(accountOf(key, journal));
        return ours === show(theirs) ? [] : [`${pubkeyToBase58(key)}: ours ${ours}, theirs ${show(theirs)}`];
      });
      const sum = total() + burnt;
      return sum === issued ? problems : [...problems, `wei: ${sum - issued} too many`];
    },
  };
}

const environments = new WeakMap<readonly GenesisProgram[], Partial<Record<"compiler" | "interpreter", ExecutionEnvironment>>>();

/** As a node has it: programs are prepared once, for all chains of the same programs. */
function environmentOf(engine: "compiler" | "interpreter", programs: readonly GenesisProgram[]): ExecutionEnvironment {
  const known = environments.get(programs) ?? {};
  environments.set(programs, known);
  return (known[engine] ??= createSvm({ engine, programs: [...splPrograms(), ...programs] }));
}

/** Sysvars and native programs: functions of the block here, accounts there. */
function isFixed(owner: Pubkey): boolean {
  return [sysvarIds.owner, programIds.nativeLoader].some((id) => Buffer.compare(owner, id) === 0);
}

function accountOf(key: Pubkey, journal: Journal): SolanaAccountState | undefined {
  const address = toAddress(key);
  const lamports = journal.getBalance(address) / weiPerLamport;
  const record = journal.getSvmRecord(address);
  if (lamports === 0n && record === undefined) return undefined;
  const data = new Uint8Array(record?.dataLength ?? 0);
  if (record !== undefined) journal.readAccountData(address, 0, data);
  return { lamports, owner: record?.owner ?? systemProgram, data, executable: record?.executable ?? false };
}

function nothingSeen(error: object): SeenTransaction {
  const { solana } = error as { readonly solana?: SolanaTransactionError };
  if (solana === undefined) throw new Error(`expected an error of Solana's, got ${JSON.stringify(error)}`);
  return { error: solana, logs: [], units: 0, returnData: undefined, inner: [] };
}

/** Lengths that no memory has are printed with 53 bits here. */
function rounded(text: string | undefined): string | undefined {
  return text?.replaceAll(/(?<=reading |writing |of size )\d{16,}/g, (digits) => String(Number(digits)));
}

function isRefusal({ error, logs, units }: SeenTransaction): boolean {
  return error !== undefined && logs.length === 0 && units === 0;
}

function differenceOf(ours: SeenTransaction, theirs: SeenTransaction): string | undefined {
  const parts = (["error", "logs", "units", "returnData", "inner"] as const).flatMap((part) => {
    const [left, right] = [rounded(JSON.stringify(ours[part])), rounded(JSON.stringify(theirs[part]))];
    return left === right ? [] : [`${part}: ours ${left}, theirs ${right}`];
  });
  return parts.length === 0 ? undefined : parts.join("\n");
}

function show(account: SolanaAccountState | undefined): string {
  if (account === undefined) return "none";
  const { lamports, owner, data, executable } = account;
  return `${lamports} of ${pubkeyToBase58(owner)}${executable ? ", executable" : ""}, ${data.length} bytes ${data.length > 700 ? "" : hex(data)}${data.length > 700 ? sumOf(data) : ""}`;
}

function sumOf(data: Uint8Array): string {
  let sum = 0;
  for (const byte of data) sum = (Math.imul(sum, 31) + byte) | 0;
  return `sum ${sum}`;
}

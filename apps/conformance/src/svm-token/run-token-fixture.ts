/** A fixture on our side: the instruction as a frame of a Solana transaction on a host over a real journal. */
import {
  keccak256,
  pubkeyToBase58,
  systemProgram,
  toAddress,
  weiPerLamport,
  zeroAddress,
  type BlockContext,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Hash,
  type Host,
  type Instruction,
  type Pubkey,
} from "@trireme/core";
import { createHost, createHostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, type WorldState } from "@trireme/state";
import { createSvm, errorOfProgram, type GenesisProgram, type InstructionError, type SolanaTransactionContext } from "@trireme/svm";
import type { FixtureAccount, TokenFixture } from "./token-fixture.ts";

/** What an instruction did, here or elsewhere. */
export interface FixtureOutcome {
  readonly error: InstructionError | undefined;
  readonly logs: readonly string[];
  readonly returnData: Uint8Array;
  /** In the order of the fixture's resulting accounts, sysvars left out. */
  readonly accounts: readonly FixtureAccount[];
}

/** Runs fixtures with one ELF on one engine. */
export interface FixtureRunner {
  run(fixture: TokenFixture): FixtureOutcome;
}

/** Units of an instruction that asks for none. */
export const fixtureUnits = 200_000;
/** Who would pay for the transaction: nobody that a fixture knows. */
export const fixturePayer: Pubkey = keccak256(new TextEncoder().encode("trireme:fixture-payer")) as Uint8Array as Pubkey;

const genesisBlock: BlockContext = {
  chainId: 1337n,
  hardfork: "prague",
  number: 0n,
  timestamp: 0n,
  coinbase: zeroAddress,
  gasLimit: 60_000_000n,
  baseFeePerGas: 0n,
  blobBaseFee: 1n,
  prevRandao: new Uint8Array(32),
  difficulty: 0n,
};

/** Makes the runner; a program is installed under each id that fixtures have for it. */
export function createFixtureRunner(engine: "compiler" | "interpreter", program: Omit<GenesisProgram, "id">): FixtureRunner {
  // One environment for all ids: programs are prepared once for their bytes.
  const environment = createSvm({ engine });
  const worlds = new Map<string, WorldState>();
  return {
    run(fixture) {
      const name = pubkeyToBase58(fixture.program);
      const world = worlds.get(name) ?? createWorld(fixture.program, program);
      worlds.set(name, world);
      return runFixture(fixture, world, environment);
    },
  };
}

function createWorld(id: Pubkey, program: Omit<GenesisProgram, "id">): WorldState {
  const world = createWorldState({ database: createMemoryDatabase() });
  const journal = createJournal(world.reader);
  // The System program is native: there is nothing to install.
  const programs = Buffer.compare(id, systemProgram) === 0 ? [] : [{ ...program, id }];
  createHostExecutor({ environments: [createSvm({ programs })], formats: [] }).runHooks("writeGenesis", journal, genesisBlock);
  const { diff, undo } = journal.takeDiff();
  world.apply(0n, diff, undo);
  return world;
}

function runFixture(fixture: TokenFixture, world: WorldState, environment: ExecutionEnvironment): FixtureOutcome {
  const journal = createJournal(world.reader);
  const { slot, timestamp } = fixture;
  // Programs of genesis run from block 1 on; no token instruction reads the slot.
  const block = { ...genesisBlock, number: slot > 0n ? slot : 1n, timestamp };
  const transaction = contextOf(fixture);
  const host = createHost({ environments: [environment], journal, block, transaction });
  journal.beginTransaction();
  for (const account of fixture.accounts) writeAccount(account, fixture.program, host);
  const { program, metas, data } = fixture;
  const result = host.call({
    kind: "instruction",
    program,
    accounts: metas,
    data,
    sender: transaction.origin,
    gas: BigInt(fixtureUnits),
    depth: 0,
    isStatic: false,
    stackHeight: 1,
    instructionIndex: 0,
  });
  const outcome = {
    error: errorOf(result),
    logs: journal.programLogs.map(({ line }) => line),
    returnData: result.kind === "success" ? result.output : new Uint8Array(0),
    accounts: fixture.resultingAccounts.filter(isCompared).map(({ key }) => readAccount(key, host)),
  };
  journal.rollbackTransaction();
  return outcome;
}

/** Sysvars are functions of the block here (rule 17): what a fixture gives as one cannot be put in, and nothing writes it. */
export function isCompared({ owner }: FixtureAccount): boolean {
  return !pubkeyToBase58(owner).startsWith("Sysvar1");
}

/** What the fixture expects, in the same form; log lines are not part of it. */
export function expectedOutcome({ result, returnData, resultingAccounts }: TokenFixture): Omit<FixtureOutcome, "logs"> {
  const error = errorOfProgram(Number(result & 0xffff_ffffn), Number(result >> 32n));
  return { error, returnData: error === undefined ? returnData : new Uint8Array(0), accounts: resultingAccounts.filter(isCompared) };
}

function contextOf({ program, metas, data, accounts }: TokenFixture): SolanaTransactionContext {
  const instruction: Instruction = { program, accounts: metas, data };
  const named = (key: Pubkey) => metas.filter(({ pubkey }) => Buffer.compare(pubkey, key) === 0);
  const messageAccounts = [fixturePayer, ...accounts.map(({ key }) => key), program].map((pubkey) => ({
    pubkey,
    isSigner: named(pubkey).some(({ isSigner }) => isSigner),
    isWritable: named(pubkey).some(({ isWritable }) => isWritable),
  }));
  return {
    origin: toAddress(fixturePayer),
    gasPrice: 0n,
    blobHashes: [],
    instructions: [instruction],
    solana: {
      accounts: messageAccounts,
      feePayer: fixturePayer,
      blockhash: keccak256(new Uint8Array(0)) as Hash,
      heapLength: 32_768,
      computeUnitLimit: fixtureUnits,
      lamportsPerSignature: 5_000n,
    },
  };
}

function writeAccount(account: FixtureAccount, program: Pubkey, host: Host): void {
  const { key, owner, lamports, data, executable } = account;
  if (!isCompared(account) || Buffer.compare(key, program) === 0) return;
  const address = toAddress(key);
  host.setBalance(address, lamports * weiPerLamport);
  if (data.length === 0 && !executable && Buffer.compare(owner, systemProgram) === 0) return;
  host.setSvmRecord(address, { pubkey: key, owner, executable, dataLength: data.length });
  host.writeAccountData(address, 0, data);
}

function readAccount(key: Pubkey, host: Host): FixtureAccount {
  const address = toAddress(key);
  const record = host.getSvmRecord(address);
  const data = new Uint8Array(record?.dataLength ?? 0);
  if (record !== undefined) host.readAccountData(address, 0, data);
  const lamports = host.getBalance(address) / weiPerLamport;
  return { key, owner: record?.owner ?? systemProgram, lamports, data, executable: record?.executable ?? false };
}

function errorOf(result: ExecutionResult): InstructionError | undefined {
  if (result.kind === "success") return undefined;
  if (result.kind === "halt" || result.error === undefined) throw new Error(`expected an error of Solana's, got ${JSON.stringify(result)}`);
  return JSON.parse(result.error) as InstructionError;
}

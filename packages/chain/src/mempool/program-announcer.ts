/** Tells the threads of the pool which programs the next block is likely to run, so that they are compiled when it begins. */
import { emptyCodeHash, equalBytes, type Address, type BlockContext, type Transaction } from "@trireme/core";
import type { BlockPool } from "@trireme/scheduler";
import type { StateReader } from "@trireme/state";

/** Blocks of fewer transactions do not go to the pool. */
const leastTransactions = 32;
/** Programs that are announced between two blocks: who names more of them pays for no more of the threads' time. */
const mostPrograms = 32;
/** Accounts that are looked at between two blocks: a millisecond's work. */
const mostAccounts = 512;

/** @see createProgramAnnouncer */
export interface ProgramAnnouncer {
  /** A transaction came into the mempool. */
  expect(transaction: Transaction): void;
  /** A block was made: what is named from now on is the next one's. */
  startOver(): void;
}

/** What an announcer works with. */
export interface ProgramAnnouncerParts {
  readonly pool: Pick<BlockPool, "compileAhead">;
  /** State at the head. */
  readonly reader: () => StateReader;
  /** The next block. */
  readonly context: () => BlockContext;
}

/** Makes the announcer of a chain. */
export function createProgramAnnouncer({ pool, reader, context }: ProgramAnnouncerParts): ProgramAnnouncer {
  /** What was named since the last block, whether it is a program or not. */
  const named = new Set<string>();
  let unseen: Address[] = [];
  let [transactions, programs, isDue] = [0, 0, false];

  const announce = (): void => {
    isDue = false;
    const state = reader();
    const addresses = unseen.filter((address) => isCompiled(state, address)).slice(0, mostPrograms - programs);
    unseen = [];
    programs += addresses.length;
    if (addresses.length > 0) pool.compileAhead({ addresses, context: context() });
  };

  return {
    expect(transaction) {
      transactions++;
      for (const address of calledBy(transaction)) {
        if (named.size >= mostAccounts) break;
        const name = Buffer.from(address.buffer, address.byteOffset, address.byteLength).toString("latin1");
        if (named.has(name)) continue;
        named.add(name);
        unseen.push(address);
      }
      if (isDue || transactions < leastTransactions || unseen.length === 0 || programs >= mostPrograms) return;
      isDue = true;
      setImmediate(announce);
    },
    startOver() {
      named.clear();
      unseen = [];
      [transactions, programs] = [0, 0];
    },
  };
}

/** Programs are declared read-only; a plain transfer calls nothing. */
function calledBy({ declared, hints }: Transaction): readonly Address[] {
  const accounts = declared ?? hints?.declared;
  if (accounts === undefined) return hints?.accounts ?? [];
  return accounts.flatMap(({ address, isWritable }) => (isWritable ? [] : [address]));
}

/** Code of the default environment has no such prefix, and is not compiled. */
function isCompiled(state: StateReader, address: Address): boolean {
  const account = state.getAccount(address);
  if (account === undefined || equalBytes(account.codeHash, emptyCodeHash)) return false;
  return account.svm?.executable === true || state.getCode(account.codeHash)?.[0] === 0xef;
}

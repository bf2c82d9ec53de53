/**
 * Memory of one block: every version of every key that its transactions read or wrote, in one SharedArrayBuffer.
 *
 * | words | what |
 * | --- | --- |
 * | 0 to 31 | header |
 * | 32 to 95 | factors of the key hash |
 * | 96 on | 24 words for each transaction |
 * | then | index of keys: 0 = empty, else a reference to the key |
 * | then | arena: keys, versions, values, reads, inputs and outcomes |
 *
 * A reference is an offset in bytes / 8. Nothing in the arena is ever moved or freed while the block runs.
 * Key: hash, length, newest version, lock, newest credit, next key with versions, bytes. Version and credit: transaction, value,
 * next older one, unused. Value: length or -1 for "removed", bytes. A credit's value: count of 64-bit words, unused, the words,
 * lowest first. A version's value is 0 when the last incarnation did not write it, and negative while the transaction is about
 * to run again: an estimate.
 */

/** i32 positions in the header. */
export const header = {
  magic: 0,
  transactions: 1,
  indexBits: 2,
  indexStart: 3,
  arenaNext: 4,
  arenaEnd: 5,
  keys: 6,
  /** `blockState`. */
  state: 7,
  /** 1 while a worker commits. */
  commitLock: 8,
  /** Transactions that are committed. */
  committed: 9,
  /** The next transaction that nobody has taken. */
  next: 10,
  /** Executions beyond the first of a transaction. */
  aborts: 11,
  /** Rises when the block is to be looked at again. */
  wake: 12,
  /** Threads that sleep until then. */
  sleeping: 13,
  /** Gas that committed transactions used: a float64, and blob gas after it. */
  gasUsed: 14,
  blobGasUsed: 16,
  /** The last key that got its first version: the others follow by `nextWritten`. */
  written: 18,
  /** The first transaction of those that were run serially, because the block had no hope; 0 where it had: the first one is never. */
  restFrom: 28,
  /** The last transaction that was handed on to workers with a larger stack, plus one: the others follow by `nextHanded`. */
  handedOn: 29,
  /** Transactions that may be taken: their inputs are there. */
  inputs: 30,
  /** `parentState`. */
  parent: 19,
  /** 32 bytes, once they are known. */
  parentHash: 20,
} as const;

/** What is known of the hash of the block before. `given`: the block came with it. */
export const parentState = { given: 0, open: 1, closed: 2 } as const;

/** States of a block. `serial`: whoever commits runs what is left; the others stop. `broken`: to be run again without this memory. */
export const blockState = { running: 0, serial: 1, done: 2, broken: 3 } as const;

/** i32 positions within the words of a transaction. */
export const field = {
  status: 0,
  incarnation: 1,
  reads: 2,
  readCount: 3,
  writes: 4,
  writeCount: 5,
  outcome: 6,
  outcomeLength: 7,
  /** 1 when a worker's stack was too small for it. */
  isHandedOn: 8,
  nextHanded: 12,
  /** The transaction that must have run before, -1 for none. */
  after: 9,
  input: 10,
  inputLength: 11,
  /** Gas that it used: a float64. */
  gasUsed: 14,
  blobGasUsed: 13,
  /** Gas that it must have room for: a float64, and blob gas after it. */
  gasLimit: 16,
  blobGas: 18,
  /** Gas of the block up to which it may stand: a float64. */
  ceiling: 20,
} as const;

/** Statuses of a transaction. */
export const status = { ready: 0, executing: 1, executed: 2, committed: 3 } as const;

export const layoutMagic = 0x7472_6d76;
export const factorsStart = 32;
export const transactionsStart = 96;
export const transactionWords = 24;

/** Words of a key before its bytes, of a version, of a value before its bytes. */
export const keyWords = 6;
export const versionWords = 4;
export const valueWords = 1;
/** i32 positions within them. */
export const keyWord = { hash: 0, length: 1, newest: 2, lock: 3, credits: 4, nextWritten: 5 } as const;
export const versionWord = { transaction: 0, value: 1, older: 2 } as const;

/** The transaction that stands for what was written before the first one. */
export const beforeBlock = -1;

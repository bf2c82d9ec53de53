/** State as one transaction of a block sees it: the newest versions of lower transactions over the state before the block. */
import { emptyCodeHash, equalBytes, weiPerLamport, type Address, type Hash } from "@trireme/core";
import {
  codeFlatKey,
  decodeAccountRecord,
  flatKind,
  generationFlatKey,
  generationFromValue,
  pageFlatKey,
  slotFlatKey,
  wordFromSlotValue,
  type AccountRecord,
  type JournalWrites,
  type StateReader,
} from "@trireme/state";
import type { BlockMemory } from "./block-memory.ts";
import { MemorySpent } from "./block-progress.ts";
import { creditsBetween } from "./credits.ts";
import { beforeBlock, field, header, parentState } from "./layout.ts";

/** A transaction read what a lower one is about to write again: it waits for that. */
export class Blocked extends Error {
  readonly by: number;

  constructor(by: number) {
    super(`waits for transaction ${by}`);
    this.by = by;
  }
}

/** Largest balance: credits stop there. */
const maxBalance = (1n << 256n) - 1n;
/** A read of the newest version; otherwise the transaction after which credits were added up. */
const newest = beforeBlock - 2;
/** A read of whether an account stays when it is touched: true. */
const stays = beforeBlock - 3;
const readWords = 3;

/** Code by its hash, one unit for a byte: the same in every block, so that a thread copies it out of shared memory once. */
export interface KnownCode {
  readonly codes: Map<string, Uint8Array>;
  bytes: number;
}

/** Bytes of code that a thread keeps at most. */
const mostKnownBytes = 64 * 1024 * 1024;

/** Makes the code that a thread knows when it starts: none. */
export function createKnownCode(): KnownCode {
  return { codes: new Map(), bytes: 0 };
}

/** The versions that one thread reads and writes for the transactions that it runs. */
export class VersionedState {
  readonly reader: StateReader;
  private readonly memory: BlockMemory;
  private index = 0;
  /** Key, kind of read, what was seen. */
  private reads = new Int32Array(readWords * 64);
  private readCount = 0;
  /** Of the version that `look` found. */
  private value = 0;
  /** What a read threw since `begin`. */
  private interrupted: Blocked | undefined;
  /** Accounts of the state before the block, by key, and of versions, by minus their value. */
  private readonly accounts = new Map<number, AccountRecord | undefined>();
  private readonly knownCode: KnownCode;

  constructor(memory: BlockMemory, base: StateReader, knownCode: KnownCode = createKnownCode()) {
    this.memory = memory;
    this.knownCode = knownCode;
    this.reader = this.createReader(base);
  }

  /** The reads that follow are those of transaction `index`. */
  begin(index: number): void {
    this.index = index;
    this.readCount = 0;
    this.interrupted = undefined;
  }

  /**
   * What ran since `begin` went on with what it read, and not with an error of a read that it caught: an environment may do so.
   * @throws Blocked, MemorySpent: what was caught
   */
  assertUninterrupted(): void {
    if (this.interrupted !== undefined) throw this.interrupted;
    if (this.memory.isSpent) throw new MemorySpent();
  }

  private interrupt(by: number): Blocked {
    this.interrupted = new Blocked(by);
    return this.interrupted;
  }

  /**
   * Returns when the hash of the block before is known (rule 24).
   * @throws Blocked when that, and the transaction's turn, are still to come: others can run meanwhile. MemorySpent
   */
  needParent(): void {
    const { memory } = this;
    if (memory.parent !== parentState.open) return;
    if (Atomics.load(memory.words, header.committed) !== this.index) throw this.interrupt(beforeBlock);
    memory.waitForParent();
  }

  /** Keeps the reads since `begin` as those of the transaction. @throws MemorySpent */
  keepReads(): void {
    const { memory, readCount } = this;
    const at = memory.at(this.index);
    memory.words[at + field.reads] = readCount === 0 ? 0 : memory.keepNumbers(this.reads, readCount * readWords);
    memory.words[at + field.readCount] = readCount;
  }

  /** Reads one flat key. @throws Blocked, MemorySpent */
  private read<T>(flatKey: Uint8Array, over: (value: Uint8Array | undefined) => T, under: () => T): T {
    const { memory } = this;
    const key = memory.findKey(flatKey);
    const version = this.look(key);
    const { value } = this;
    this.note(key, newest, value);
    return version === 0 ? under() : over(memory.readValue(value));
  }

  /** The version that is read, 0 where there is none; its value is in `value`. */
  private look(key: number): number {
    const { memory, index } = this;
    for (;;) {
      const version = memory.versionBelow(key, index);
      const value = version === 0 ? 0 : memory.valueAt(version);
      this.value = value;
      if (version === 0 || value > 0) return version;
      if (value < 0) {
        const by = memory.transactionOf(version);
        if (by !== beforeBlock) throw this.interrupt(by);
        this.needParent();
      }
    }
  }

  private note(key: number, kind: number, seen: number): void {
    if ((this.readCount + 1) * readWords > this.reads.length) {
      const longer = new Int32Array(this.reads.length * 2);
      longer.set(this.reads);
      this.reads = longer;
    }
    const at = this.readCount++ * readWords;
    this.reads[at] = key;
    this.reads[at + 1] = kind;
    this.reads[at + 2] = seen;
  }

  private createReader(base: StateReader): StateReader {
    return {
      getAccount: (address) => this.readAccount(address, base),
      staysWhenTouched: (address) => this.readStays(address, base),
      getNextGeneration: (address) =>
        this.read(
          generationFlatKey(address),
          (value) => (value === undefined ? 0 : generationFromValue(value)),
          () => base.getNextGeneration(address),
        ),
      getSlot: (address, generation, key) =>
        this.read(
          slotFlatKey(address, generation, key),
          (value) => (value === undefined ? undefined : wordFromSlotValue(value)),
          () => base.getSlot(address, generation, key),
        ),
      getCode: (codeHash) => this.readCode(codeHash, base),
      getDataPage: (address, page) => this.read(pageFlatKey(address, page), identity, () => base.getDataPage(address, page)),
    };
  }

  /** Found by its hash, code is the same whoever deployed it: which version was read does not matter. */
  private readCode(codeHash: Hash, base: StateReader): Uint8Array | undefined {
    const { memory, knownCode } = this;
    const name = Buffer.from(codeHash.buffer, codeHash.byteOffset, codeHash.byteLength).toString("latin1");
    const known = knownCode.codes.get(name);
    if (known !== undefined) return known;
    const version = memory.versionBelow(memory.findKey(codeFlatKey(codeHash)), this.index);
    const value = version === 0 ? 0 : Math.abs(memory.valueAt(version));
    const code = value === 0 ? base.getCode(codeHash) : memory.readValue(value);
    if (code !== undefined) {
      if (knownCode.bytes + code.length > mostKnownBytes) {
        knownCode.codes.clear();
        knownCode.bytes = 0;
      }
      knownCode.codes.set(name, code);
      knownCode.bytes += code.length;
    }
    return code;
  }

  private readAccount(address: Address, base: StateReader): AccountRecord | undefined {
    const { memory, index } = this;
    const key = findAccount(memory, address);
    const version = this.look(key);
    const { value } = this;
    this.note(key, newest, value);
    const since = version === 0 ? beforeBlock - 1 : memory.transactionOf(version);
    const written = this.recordOf(key, value, address, base);
    const { wei, estimate } = creditsBetween(memory, key, since, index);
    if (estimate !== undefined) throw this.interrupt(estimate);
    // The sum is what was read, not who made it.
    this.note(key, since, wei === 0n ? 0 : memory.makeCredit(wei));
    return wei === 0n ? written : credited(written, wei, () => this.reader.getNextGeneration(address));
  }

  private readStays(address: Address, base: StateReader): boolean {
    const key = findAccount(this.memory, address);
    this.look(key);
    const { value } = this;
    // Whoever is told no reads the account.
    if (!isThere(this.recordOf(key, value, address, base))) return false;
    this.note(key, stays, value);
    return true;
  }

  private recordOf(key: number, value: number, address: Address, base: StateReader): AccountRecord | undefined {
    const { accounts, memory } = this;
    const name = value === 0 ? key : -value;
    let record = accounts.get(name);
    if (record !== undefined || accounts.has(name)) return record;
    const bytes = value === 0 ? undefined : memory.readValue(value);
    record = value === 0 ? base.getAccount(address) : bytes === undefined ? undefined : decodeAccountRecord(bytes);
    accounts.set(name, record);
    return record;
  }
}

/** Where the flat key of an account is written to be looked up: nobody keeps it. */
const accountKey = new Uint8Array(21);
accountKey[0] = flatKind.account;

function findAccount(memory: BlockMemory, address: Address): number {
  accountKey.set(address, 1);
  return memory.findKey(accountKey);
}

/** Whether no touch and no credit can make an end of the account. */
function isThere(record: AccountRecord | undefined): boolean {
  if (record === undefined) return false;
  return record.svm === undefined
    ? record.balance > 0n || record.nonce > 0n || !equalBytes(record.codeHash, emptyCodeHash)
    : record.balance >= weiPerLamport;
}

/** The account with credits in its balance. */
export function credited(account: AccountRecord | undefined, wei: bigint, generation: () => number): AccountRecord | undefined {
  if (wei === 0n) return account;
  const balance = (account?.balance ?? 0n) + wei;
  const record = account ?? { nonce: 0n, codeHash: emptyCodeHash, storageGeneration: generation(), hasSlots: false, svm: undefined };
  return { ...record, balance: balance > maxBalance ? maxBalance : balance };
}

/** The first key of a transaction's reads that it would read differently now; 0 when all hold. */
export function staleRead(memory: BlockMemory, index: number): number {
  const { words } = memory;
  const at = memory.at(index);
  const start = (words[at + field.reads] as number) * 2;
  const end = start + (words[at + field.readCount] as number) * readWords;
  for (let position = start; position < end; position += readWords) {
    const [key, kind, seen] = [words[position], words[position + 1], words[position + 2]] as [number, number, number];
    if (kind === newest || kind === stays) {
      const version = memory.versionBelow(key, index);
      const value = version === 0 ? 0 : memory.valueAt(version);
      if (value !== seen && (kind === newest || !staysAs(memory, value))) return key;
    } else if (!hasCredits(memory, key, kind, index, seen)) return key;
  }
  return 0;
}

/** Whether a value that stands where another was read makes no difference to who touched it. */
function staysAs(memory: BlockMemory, value: number): boolean {
  const bytes = value <= 0 ? undefined : memory.readValue(value);
  return bytes !== undefined && isThere(decodeAccountRecord(bytes));
}

function hasCredits(memory: BlockMemory, key: number, since: number, index: number, seen: number): boolean {
  const { wei } = creditsBetween(memory, key, since, index);
  return wei === (seen === 0 ? 0n : memory.readCredit(seen));
}

/**
 * Makes what a transaction wrote its versions, in place of those of its last incarnation. The same bytes stay the same
 * version, so that who read them need not run again. @throws MemorySpent, LockHeld: it may be tried again
 */
export function publishWrites(memory: BlockMemory, index: number, { entries, credits }: JournalWrites): void {
  const { words } = memory;
  const at = memory.at(index);
  const before = words[at + field.writeCount] === 0 ? nothing : writesOf(memory, index);
  const count = entries.length + credits.length;
  const reference = count === 0 ? 0 : memory.allocate(count * 4);
  let place = reference * 2;
  for (const { key, value } of entries) {
    const version = memory.findVersion(memory.findKey(key), index);
    words[place++] = version;
    const known = Math.abs(memory.valueAt(version));
    memory.setValue(version, known !== 0 && memory.hasValue(known, value) ? known : memory.makeValue(value));
  }
  for (const { address, wei } of credits) {
    const credit = memory.findCredit(findAccount(memory, address), index);
    words[place++] = credit;
    memory.setValue(credit, memory.makeCredit(wei));
  }
  if (before.length > 0) {
    const now = new Set(words.subarray(reference * 2, place));
    for (const version of before) if (!now.has(version)) memory.setValue(version, 0);
  }
  words[at + field.writes] = reference;
  words[at + field.writeCount] = count;
}

/** Makes what a transaction wrote estimates: it is about to run again. */
export function markEstimates(memory: BlockMemory, index: number): void {
  for (const version of writesOf(memory, index)) memory.setValue(version, -Math.abs(memory.valueAt(version)));
}

/** Takes back what a transaction wrote: it wrote nothing, as far as anybody sees. */
export function dropWrites(memory: BlockMemory, index: number): void {
  for (const version of writesOf(memory, index)) memory.setValue(version, 0);
  memory.words[memory.at(index) + field.writeCount] = 0;
}

function writesOf(memory: BlockMemory, index: number): Int32Array {
  const at = memory.at(index);
  const start = (memory.words[at + field.writes] as number) * 2;
  return memory.words.slice(start, start + (memory.words[at + field.writeCount] as number));
}

const nothing = new Int32Array(0);

function identity(value: Uint8Array | undefined): Uint8Array | undefined {
  return value;
}

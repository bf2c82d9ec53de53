/** One account as a run of SVM frames sees it: read from the host when it is first needed, written back by what changed. */
import {
  accountDataPageSize,
  emptyBytes,
  isTaggedPubkey,
  TriremeError,
  weiFromLamports,
  weiPerLamport,
  type Address,
  type Host,
  type Pubkey,
} from "@trireme/core";
import { samePubkey } from "./pubkey-names.ts";
import type { AccountBefore } from "./transaction-state.ts";

/** What an account is when it is loaded. */
export interface AccountSource {
  readonly key: Pubkey;
  readonly address: Address;
  readonly owner: Pubkey;
  readonly lamports: bigint;
  readonly executable: boolean;
  readonly dataLength: number;
  /** Data that stands in no account: a sysvar's. Asked for when it is first read. */
  readonly readFixed?: () => Uint8Array;
  /** Whether it may ever be written: not a sysvar, a native program or the other name of an account. */
  readonly isReal: boolean;
  /** Whether it has an SVM record. */
  readonly hasRecord: boolean;
}

/** An account of the message. Who may change it is the business of `account-rules.ts`. */
export class LoadedAccount {
  readonly key: Pubkey;
  readonly address: Address;
  readonly isReal: boolean;
  owner: Pubkey;
  lamports: bigint;
  executable: boolean;
  #source: AccountSource;
  readonly #host: Host;
  #data: Uint8Array | undefined;
  #dataLength: number;
  /** Bytes of the host's data that no truncation reached. */
  #kept: number;
  /** Made at the first write: most accounts have none. */
  #dirtyPages: Set<number> | undefined;

  constructor(source: AccountSource, host: Host) {
    this.#source = source;
    this.#host = host;
    this.key = source.key;
    this.address = source.address;
    this.isReal = source.isReal;
    this.owner = source.owner;
    this.lamports = source.lamports;
    this.executable = source.executable;
    this.#data = source.dataLength === 0 ? emptyBytes : undefined;
    this.#dataLength = source.dataLength;
    this.#kept = source.dataLength;
  }

  get dataLength(): number {
    return this.#dataLength;
  }

  /** Executable as a program is. A contract of another VM shows itself as executable, but its balance moves like a wallet's. */
  get isProgram(): boolean {
    return this.executable && (this.#source.hasRecord || !this.isReal);
  }

  /** A contract of another VM: what it holds may change while a call is out, whoever holds it read-only (rule 6). */
  get isContract(): boolean {
    return this.executable && this.isReal && !this.#source.hasRecord;
  }

  /** All data: read only, valid until the next write. */
  get data(): Uint8Array {
    if (this.#data !== undefined) return this.#data;
    const { readFixed } = this.#source;
    const data = readFixed?.() ?? new Uint8Array(this.#dataLength);
    if (readFixed === undefined) this.#host.readAccountData(this.address, 0, data);
    this.#data = data;
    return data;
  }

  /** Spares reading what an earlier instruction has read, and left: `before` is given up by it. */
  takeDataOf(before: LoadedAccount): void {
    if (this.#data === undefined && this.#source.readFixed === undefined && before.#dataLength === this.#dataLength)
      this.#data = before.#data;
  }

  resize(length: number): void {
    const previous = this.#dataLength;
    if (length === previous) return;
    const old = this.data;
    if (length < previous) {
      this.#data = old.slice(0, length);
      this.#kept = Math.min(this.#kept, length);
    } else {
      const grown = new Uint8Array(length);
      grown.set(old);
      this.#data = grown;
      // The host still has what a truncation of this run took away; past that its bytes are zeros.
      const stale = Math.min(length, this.#source.dataLength);
      if (stale > this.#kept) this.#markDirty(this.#kept, stale);
    }
    this.#dataLength = length;
  }

  /** The range lies within the data. */
  write(offset: number, source: Uint8Array): void {
    if (source.length === 0) return;
    this.data.set(source, offset);
    this.#markDirty(offset, offset + source.length);
  }

  /** Takes over `length` bytes of `source` from `start` on, where they differ, page by page; the length becomes the account's. */
  replace(source: Uint8Array, start: number, length: number): void {
    if (length !== this.#dataLength) this.resize(length);
    const { data } = this;
    for (let from = 0; from < length; from += accountDataPageSize) {
      const end = Math.min(length, from + accountDataPageSize);
      if (sameBytes(data, from, source, start + from, end - from)) continue;
      data.set(source.subarray(start + from, start + end), from);
      this.#markDirty(from, end);
    }
  }

  /** Whether the data is equal to `length` bytes of `source` from `start` on. */
  hasData(source: Uint8Array, start: number, length: number): boolean {
    return length === this.#dataLength && sameBytes(this.data, 0, source, start, length);
  }

  /** What it was when it was loaded, as the account at `index` of the message. */
  beforeAt(index: number, isMarked: boolean): AccountBefore {
    const { owner, lamports, dataLength } = this.#source;
    return { key: this.key, index, owner, lamports, dataLength, isMarked };
  }

  /** Whether anything differs from what was loaded. */
  get isChanged(): boolean {
    const { owner, lamports, executable, dataLength } = this.#source;
    return (
      this.#dirtyPages !== undefined ||
      lamports !== this.lamports ||
      dataLength !== this.#dataLength ||
      executable !== this.executable ||
      !samePubkey(owner, this.owner)
    );
  }

  /** Puts what changed into the journal. The first write makes the record, which binds the pubkey; a tagged account never has one (rules 1 and 3). */
  writeBack(): void {
    const { owner, lamports, executable, dataLength, hasRecord } = this.#source;
    const host = this.#host;
    if (lamports !== this.lamports) {
      const wei = host.getBalance(this.address);
      // Rule 10: were the balance not the one that was read, the write would mint or burn the difference.
      if (wei / weiPerLamport !== lamports)
        throw new TriremeError("HOST_FAULT", `expected an account that nobody moved from ${lamports} lamports, got ${wei} wei`);
      host.setBalance(this.address, weiFromLamports(this.lamports, wei));
    }
    const isMoved = dataLength !== this.#dataLength || executable !== this.executable || !samePubkey(owner, this.owner);
    if (isMoved || (!hasRecord && !isTaggedPubkey(this.key))) {
      const { key: pubkey, owner: newOwner } = this;
      host.setSvmRecord(this.address, { pubkey, owner: newOwner, executable: this.executable, dataLength: this.#dataLength });
    }
    if (this.#dirtyPages === undefined) return;
    for (const page of this.#dirtyPages) {
      const start = page * accountDataPageSize;
      const end = Math.min(start + accountDataPageSize, this.#dataLength);
      if (start < end) host.writeAccountData(this.address, start, this.data.subarray(start, end));
    }
  }

  /** Puts what changed into the journal, so that other VMs see it, and goes on from there. */
  flush(): void {
    this.writeBack();
    const { key, address, owner, lamports, executable, isReal } = this;
    const hasRecord = this.#host.getSvmRecord(address) !== undefined;
    this.#source = { key, address, owner, lamports, executable, dataLength: this.#dataLength, isReal, hasRecord };
    this.#kept = this.#dataLength;
    this.#dirtyPages = undefined;
  }

  /** Becomes what another VM left, which nothing of ours lies over: `flush` came first. The lamports that came, less those that went. */
  reload(source: AccountSource): bigint {
    const moved = source.lamports - this.lamports;
    this.#source = source;
    this.owner = source.owner;
    this.lamports = source.lamports;
    this.executable = source.executable;
    this.#data = source.dataLength === 0 ? emptyBytes : undefined;
    this.#dataLength = source.dataLength;
    this.#kept = source.dataLength;
    return moved;
  }

  #markDirty(start: number, end: number): void {
    const pages = (this.#dirtyPages ??= new Set());
    const last = Math.floor((end - 1) / accountDataPageSize);
    for (let page = Math.floor(start / accountDataPageSize); page <= last; page++) pages.add(page);
  }
}

/** Past this many bytes a comparison by the platform pays for the views it needs. */
const longRange = 256;

function sameBytes(left: Uint8Array, leftStart: number, right: Uint8Array, rightStart: number, length: number): boolean {
  if (length > longRange) {
    return Buffer.compare(left.subarray(leftStart, leftStart + length), right.subarray(rightStart, rightStart + length)) === 0;
  }
  for (let index = 0; index < length; index++) if (left[leftStart + index] !== right[rightStart + index]) return false;
  return true;
}

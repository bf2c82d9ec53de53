/**
 * The mempool: transactions that wait for a block. Per sender a queue by nonce; what follows the account's nonce
 * without a gap is pending, the rest is queued. Transactions without a nonce are always pending.
 */
import { addressToHex, bytesToHex, type Address, type Hash, type Transaction, type TransactionError } from "@trireme/core";
import { orderByTip } from "./ordering.ts";
import { isSufficientBump, mempoolErrors } from "./replacement.ts";
import { createSenderQueue, type MempoolEntry, type SenderQueue } from "./sender-queue.ts";

/** What a mempool needs to know. */
export interface MempoolOptions {
  readonly maxTransactions: number;
  readonly maxTransactionsPerSender: number;
  /** Nonce of an account at the head. */
  readonly accountNonce: (address: Address) => bigint;
}

/** What became of a transaction that was added; `removed` made room for it or was replaced by it. */
export type AddResult =
  | { readonly kind: "added"; readonly removed: readonly Transaction[] }
  | { readonly kind: "rejected"; readonly error: TransactionError };

/** What blocks that are on their way have made of the state: the next one is built on that. */
export interface MempoolGround {
  readonly accountNonce: (address: Address) => bigint;
  /** Whether a block on its way has a transaction already. */
  readonly isTaken: (transaction: Transaction) => boolean;
}

/** The waiting transactions. Everything is synchronous. */
export interface Mempool {
  readonly size: number;
  /** Rises with every change; a view of the pending block is stale when it differs. */
  readonly version: number;
  has(hash: Hash): boolean;
  get(hash: Hash): Transaction | undefined;
  /** Applies the rules of nonce, replacement and capacity; what the transaction itself says is checked before. */
  add(transaction: Transaction): AddResult;
  remove(hash: Hash): boolean;
  clear(): void;
  /** Drops what the head has overtaken. To be called when account nonces changed; returns what was dropped. */
  prune(): readonly Transaction[];
  /**
   * Pending transactions in the order in which a block at this base fee takes them: on the head unless told, and all of them
   * unless told how much gas is `enough` for the block.
   */
  executable(
    baseFeePerGas: bigint,
    options?: { readonly ground?: MempoolGround | undefined; readonly enoughGas?: bigint },
  ): readonly Transaction[];
  pending(): readonly Transaction[];
  queued(): readonly Transaction[];
  nextNonce(address: Address): bigint;
  /** Everything in order of arrival, for `restore`. */
  snapshot(): readonly MempoolEntry[];
  restore(entries: readonly MempoolEntry[]): void;
}

/** An empty mempool. */
export function createMempool(options: MempoolOptions): Mempool {
  const { maxTransactions, maxTransactionsPerSender, accountNonce } = options;
  const byHash = new Map<string, MempoolEntry>();
  const queues = new Map<string, SenderQueue>();
  const withoutNonce = new Map<string, MempoolEntry>();
  /** How many of those each sender has. */
  const freeCounts = new Map<string, number>();
  let arrivals = 0;
  let version = 0;

  const insert = (entry: MempoolEntry): void => {
    const { hash, nonce, sender } = entry.transaction;
    byHash.set(bytesToHex(hash), entry);
    const name = addressToHex(sender);
    if (nonce === undefined) {
      withoutNonce.set(bytesToHex(hash), entry);
      freeCounts.set(name, (freeCounts.get(name) ?? 0) + 1);
      return;
    }
    let queue = queues.get(name);
    if (queue === undefined) queues.set(name, (queue = createSenderQueue()));
    queue.set(nonce, entry);
  };

  const erase = ({ transaction: { hash, nonce, sender } }: MempoolEntry): void => {
    byHash.delete(bytesToHex(hash));
    const name = addressToHex(sender);
    if (nonce === undefined) {
      withoutNonce.delete(bytesToHex(hash));
      const left = (freeCounts.get(name) ?? 0) - 1;
      if (left > 0) freeCounts.set(name, left);
      else freeCounts.delete(name);
      return;
    }
    const queue = queues.get(name);
    queue?.delete(nonce);
    if (queue?.size === 0) queues.delete(name);
  };

  /** The cheapest entry whose removal leaves no gap, the newest of equals; never a predecessor of `newcomer`. */
  const cheapest = (newcomer: Transaction): MempoolEntry | undefined => {
    let found: MempoolEntry | undefined;
    const own = addressToHex(newcomer.sender);
    const consider = (entry: MempoolEntry | undefined): void => {
      if (entry !== undefined && (found === undefined || isCheaper(entry, found))) found = entry;
    };
    for (const [name, queue] of queues) if (name !== own) consider(queue.last);
    for (const entry of withoutNonce.values()) consider(entry);
    return found;
  };

  const onHead: MempoolGround = { accountNonce, isTaken: () => false };

  const pendingLists = (ground = onHead): (readonly MempoolEntry[])[] => {
    const free = [...withoutNonce.values()].filter(({ transaction }) => !ground.isTaken(transaction));
    const lists: (readonly MempoolEntry[])[] = free.map((entry) => [entry]);
    for (const queue of queues.values()) {
      const first = queue.entries[0] as MempoolEntry;
      const nonce = ground.accountNonce(first.transaction.sender);
      const skipped = queue.entries.findIndex(({ transaction }) => (transaction.nonce as bigint) >= nonce);
      const count = queue.contiguousFrom(nonce);
      if (count > 0) lists.push(queue.entries.slice(skipped, skipped + count));
    }
    return lists;
  };

  const inArrivalOrder = (entries: readonly MempoolEntry[]): readonly Transaction[] =>
    entries.toSorted((left, right) => left.arrival - right.arrival).map(({ transaction }) => transaction);

  const add = (transaction: Transaction): AddResult => {
    const { hash, nonce, sender } = transaction;
    if (byHash.has(bytesToHex(hash))) return rejected(mempoolErrors.alreadyKnown(hash));
    const queue = queues.get(addressToHex(sender));
    const removed: Transaction[] = [];
    if (nonce !== undefined) {
      const expected = accountNonce(sender);
      if (nonce < expected) return rejected(mempoolErrors.nonceTooLow(expected, nonce));
      const previous = queue?.find(nonce);
      if (previous !== undefined) {
        if (!isSufficientBump(previous.transaction, transaction))
          return rejected(mempoolErrors.replacementUnderpriced(previous.transaction, transaction));
        removed.push(previous.transaction);
      } else if ((queue?.size ?? 0) >= maxTransactionsPerSender) {
        return rejected(mempoolErrors.senderLimit(maxTransactionsPerSender));
      }
    } else if ((freeCounts.get(addressToHex(sender)) ?? 0) >= maxTransactionsPerSender) {
      return rejected(mempoolErrors.senderLimit(maxTransactionsPerSender));
    }
    if (removed.length === 0 && byHash.size >= maxTransactions) {
      const victim = cheapest(transaction);
      if (victim === undefined || comparePrice(transaction, victim.transaction) <= 0)
        return rejected(mempoolErrors.mempoolFull(maxTransactions));
      removed.push(victim.transaction);
    }
    for (const transactionRemoved of removed) erase(byHash.get(bytesToHex(transactionRemoved.hash)) as MempoolEntry);
    insert({ transaction, arrival: arrivals++ });
    version++;
    return { kind: "added", removed };
  };

  return {
    get size() {
      return byHash.size;
    },
    get version() {
      return version;
    },
    has: (hash) => byHash.has(bytesToHex(hash)),
    get: (hash) => byHash.get(bytesToHex(hash))?.transaction,
    add,
    remove: (hash) => {
      const entry = byHash.get(bytesToHex(hash));
      if (entry === undefined) return false;
      erase(entry);
      version++;
      return true;
    },
    clear: () => {
      byHash.clear();
      queues.clear();
      withoutNonce.clear();
      freeCounts.clear();
      version++;
    },
    prune: () => {
      const dropped: MempoolEntry[] = [];
      for (const queue of queues.values()) {
        dropped.push(...queue.takeBelow(accountNonce((queue.entries[0] as MempoolEntry).transaction.sender)));
      }
      for (const entry of dropped) byHash.delete(bytesToHex(entry.transaction.hash));
      for (const [name, queue] of queues) if (queue.size === 0) queues.delete(name);
      // Nonces moved even where nothing was dropped: what was queued may be pending now.
      version++;
      return dropped.map(({ transaction }) => transaction);
    },
    executable: (baseFeePerGas, { ground, enoughGas } = {}) => orderByTip(pendingLists(ground), baseFeePerGas, enoughGas),
    pending: () => inArrivalOrder(pendingLists().flat()),
    queued: () => {
      const pending = new Set(pendingLists().flat());
      return inArrivalOrder([...byHash.values()].filter((entry) => !pending.has(entry)));
    },
    nextNonce: (address) => {
      const nonce = accountNonce(address);
      return nonce + BigInt(queues.get(addressToHex(address))?.contiguousFrom(nonce) ?? 0);
    },
    snapshot: () => [...byHash.values()].toSorted((left, right) => left.arrival - right.arrival),
    restore: (entries) => {
      byHash.clear();
      queues.clear();
      withoutNonce.clear();
      freeCounts.clear();
      for (const entry of entries) insert(entry);
      arrivals = Math.max(arrivals, (entries.at(-1)?.arrival ?? -1) + 1);
      version++;
    },
  };
}

function rejected(error: TransactionError): AddResult {
  return { kind: "rejected", error };
}

/** By what a transaction is willing to pay: total price, then tip. */
function comparePrice(left: Transaction, right: Transaction): number {
  const difference = left.maxFeePerGas - right.maxFeePerGas || left.maxPriorityFeePerGas - right.maxPriorityFeePerGas;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function isCheaper(left: MempoolEntry, right: MempoolEntry): boolean {
  const order = comparePrice(left.transaction, right.transaction);
  return order === 0 ? left.arrival > right.arrival : order < 0;
}

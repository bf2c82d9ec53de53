export { decodeAccountRecord, encodeAccountRecord } from "./account-encoding.ts";
export type { BlockRecord, Database, DatabaseIdentity, TransactionLocation } from "./database.ts";
export { openDurableDatabase, type DurableDatabase, type DurableDatabaseOptions } from "./database/durable-database.ts";
export type { StateStoreKind } from "./database/state-store.ts";
export { openDurableReader, type DurableReader } from "./database/durable-reader.ts";
export type { RecoveryReport } from "./database/log-recovery.ts";
export type { TornTail } from "./database/log-scan.ts";
export { createMemoryDatabase } from "./database/memory-database.ts";
export {
  accountFlatKey,
  codeFlatKey,
  flatKeyFromBytes,
  flatKind,
  generationFlatKey,
  generationFromValue,
  generationValue,
  pageFlatKey,
  pageValueFromBytes,
  slotFlatKey,
  slotValueFromWord,
  wordFromSlotValue,
  type FlatKey,
} from "./flat-key.ts";
export { createJournal, type Journal } from "./journal/journal.ts";
export type { DiffAndUndo, JournalWrites, UnreadCredit } from "./journal/make-diff.ts";
export { createFlatReader, flatGetOf, type FlatGet } from "./flat-reader.ts";
export { openSharedState, type SharedState } from "./shared/open-shared-state.ts";
export type { SharedMemory, SharedStateHandle } from "./shared/shared-layout.ts";
export { sortByKey } from "./sort-by-key.ts";
export type { StateDiff, StateDiffEntry } from "./state-diff.ts";
export type { AccountRecord, StateReader } from "./state-reader.ts";
export type { AccountProof, StorageProof } from "./trie/account-proof.ts";
export { hashFactorCount, hashWithFactors, randomHashFactors } from "./hash-bytes.ts";
export { orderedTrieRoot } from "./trie/ordered-trie.ts";
export { emptyTrieRoot } from "./trie/root.ts";
export { createStateTrie, type StateTrie } from "./trie/state-trie.ts";
export { createTrie, type Trie, type TrieEntry } from "./trie/trie.ts";
export type { TrieAccount, TrieAccountChange, TrieChanges, TrieDataChange, TriePageChange, TrieSlotChange } from "./trie/trie-changes.ts";
export { verifyAccountProof } from "./trie/verify-account-proof.ts";
export { verifyProof } from "./trie/verify-proof.ts";
export { unavailable as stateUnavailable } from "./world/past-states.ts";
export { createWorldState, type HistoricalState, type WorldState, type WorldStateOptions } from "./world/world-state.ts";

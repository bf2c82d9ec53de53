/** What environments and formats keep in the state by themselves, beside what transactions write. */
import type { Host } from "./host.ts";

/**
 * Writes of the protocol at the borders of blocks: native programs and the chain id in block 0 (rule 23), sysvars, the
 * queue of block hashes and the message hashes that left the window (rule 22). Each hook runs like a transaction of its
 * own, without a fee and in no receipt, in the order of registration, the environments' before the formats'. What it
 * writes is under the root; what it throws is a fault of the host.
 */
export interface BlockHooks {
  /** After the accounts of genesis were written; `host.block` is block 0. */
  writeGenesis?(host: Host): void;
  /** Before the first transaction. The parent's hash is `host.getBlockHash(host.block.number - 1n)` (rule 24). */
  beginBlock?(host: Host): void;
  /** After the last transaction. */
  endBlock?(host: Host): void;
}

/** Watching one account: whether it changed with a block, by whichever dialect. */
import type { StateView } from "@trireme/chain";
import { bytesToHex, keccak256, systemProgram, toAddress, type Pubkey } from "@trireme/core";
import { readSolanaAccount, type SolanaAccount } from "@trireme/svm";

/** Remembers how an account was. */
export interface AccountWatch {
  /** The account, if it differs from how it was: a closed one as Solana shows those, empty and the System program's. */
  changed(state: StateView): SolanaAccount | undefined;
}

/** Watches an account from a state on; from the first block where that state is gone. */
export function createAccountWatch(key: Pubkey, start: StateView | undefined): AccountWatch {
  let shown = start === undefined ? undefined : printOf(readSolanaAccount(key, start), start);
  return {
    changed(state) {
      const account = readSolanaAccount(key, state);
      const before = shown;
      shown = printOf(account, state);
      return before === undefined || before === shown ? undefined : (account ?? closedAccount(key));
    },
  };
}

/** What differs whenever the account does. Of data it takes the root of their trie: they may be 10 MiB. */
function printOf(account: SolanaAccount | undefined, state: StateView): string {
  if (account === undefined) return "none";
  const { key, owner, lamports, executable, dataLength } = account;
  const outline = `${lamports} ${bytesToHex(owner)} ${executable} ${dataLength}`;
  if (dataLength === 0) return outline;
  const address = toAddress(key);
  // Sysvars stand in no account.
  const isStored = state.getAccount(address)?.svm !== undefined;
  return `${outline} ${bytesToHex(isStored ? state.prove(address, []).storageHash : keccak256(account.read()))}`;
}

function closedAccount(key: Pubkey): SolanaAccount {
  return { key, owner: systemProgram, lamports: 0n, executable: false, dataLength: 0, read: () => new Uint8Array(0) };
}

/** Watching one account: whether it changed with a block, by whichever dialect. */
import type { StateView } from "@trireme/chain";
import { bytesToHex, keccak256, systemProgram, toAddress, type Pubkey } from "@trireme/core";
import { readSolanaAccount, type SolanaAccount } from "@trireme/svm";
import type { BlockView } from "./block-view.ts";

/** Remembers how an account was. */
export interface AccountWatch {
  /** The account, if it differs from how it was: a closed one as Solana shows those, empty and the System program's. */
  changed(state: StateView, block?: BlockView): SolanaAccount | undefined;
}

/** Watches an account from a state on; from the first block where that state is gone. */
export function createAccountWatch(key: Pubkey, start: StateView | undefined): AccountWatch {
  const address = bytesToHex(toAddress(key));
  let shown = start === undefined ? undefined : printOf(readSolanaAccount(key, start), start);
  return {
    changed(state, block) {
      const account = readSolanaAccount(key, state);
      const before = shown;
      const mayDiffer = block?.hasChanged(address) ?? true;
      if (before !== undefined && !mayDiffer && before.isStored && before.outline === outlineOf(account)) return undefined;
      shown = printOf(account, state);
      if (before === undefined || (before.outline === shown.outline && before.data === shown.data)) return undefined;
      return account ?? closedAccount(key);
    },
  };
}

/** What differs whenever the account does. */
interface Print {
  readonly outline: string;
  readonly data: string;
  /** False for sysvars, which stand in no account and change by themselves. */
  readonly isStored: boolean;
}

/** Of data it takes the root of their trie: they may be 10 MiB. */
function printOf(account: SolanaAccount | undefined, state: StateView): Print {
  const outline = outlineOf(account);
  if (account === undefined || account.dataLength === 0) return { outline, data: "", isStored: true };
  const address = toAddress(account.key);
  const isStored = state.getAccount(address)?.svm !== undefined;
  return { outline, data: bytesToHex(isStored ? state.prove(address, []).storageHash : keccak256(account.read())), isStored };
}

/** Everything but the data. */
function outlineOf(account: SolanaAccount | undefined): string {
  if (account === undefined) return "none";
  const { owner, lamports, executable, dataLength } = account;
  return `${lamports} ${bytesToHex(owner)} ${executable} ${dataLength}`;
}

function closedAccount(key: Pubkey): SolanaAccount {
  return { key, owner: systemProgram, lamports: 0n, executable: false, dataLength: 0, read: () => new Uint8Array(0) };
}

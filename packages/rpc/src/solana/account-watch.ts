/** Watching one account: what of it changed with a block. */
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
  let shown = start === undefined ? undefined : printOf(readSolanaAccount(key, start));
  return {
    changed(state, block) {
      const account = readSolanaAccount(key, state);
      const outline = outlineOf(account);
      // Reading all data of an account takes as long as it is large: only where it may have been written.
      const mayDiffer =
        block === undefined || shown?.outline !== outline || block.hasOtherDialects || block.written().has(address) || isFixed(account);
      if (!mayDiffer) return undefined;
      const before = shown;
      shown = { outline, data: digestOf(account) };
      if (before === undefined || (before.outline === outline && before.data === shown.data)) return undefined;
      return account ?? closedAccount(key);
    },
  };
}

interface Print {
  readonly outline: string;
  readonly data: string;
}

function printOf(account: SolanaAccount | undefined): Print {
  return { outline: outlineOf(account), data: digestOf(account) };
}

/** Everything but the data. */
function outlineOf(account: SolanaAccount | undefined): string {
  return account === undefined ? "none" : `${account.lamports} ${bytesToHex(account.owner)} ${account.executable} ${account.dataLength}`;
}

function digestOf(account: SolanaAccount | undefined): string {
  return account === undefined || account.dataLength === 0 ? "" : bytesToHex(keccak256(account.read()));
}

/** Sysvars: they change by themselves. */
function isFixed(account: SolanaAccount | undefined): boolean {
  return account?.lamports === 1n;
}

function closedAccount(key: Pubkey): SolanaAccount {
  return { key, owner: systemProgram, lamports: 0n, executable: false, dataLength: 0, read: () => new Uint8Array(0) };
}

/** Reading accounts for several methods. */
import type { StateView } from "@trireme/chain";
import { equalBytes, type Pubkey } from "@trireme/core";
import { readSolanaAccount, readSolanaAccountAt, type AccountSite, type SolanaAccount } from "@trireme/svm";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { formatAskedAccount, type DecimalsOf } from "./format/account.ts";
import { readMint } from "./format/token-data.ts";
import type { AccountConfig } from "./parameters.ts";

/** The account as JSON, null where there is none. */
export function showAccount(key: Pubkey, view: StateView, config: AccountConfig): unknown {
  const account = readSolanaAccount(key, view);
  return account === undefined ? null : formatAskedAccount(account, config, decimalsIn(view));
}

/** Looks up how many decimals a mint has, 0 where it is none. */
export function decimalsIn(view: AccountSite): DecimalsOf {
  return (mint) => {
    const account = readSolanaAccount(mint as Pubkey, view);
    return (account === undefined ? undefined : readMint(account)?.decimals) ?? 0;
  };
}

/** Every account that a program owns and that passes; looks at all accounts of the chain. @throws RpcError past `limit` */
export function ownedAccounts(
  owner: Pubkey,
  view: StateView,
  limit: number,
  passes: (account: SolanaAccount) => boolean,
): readonly SolanaAccount[] {
  const found: SolanaAccount[] = [];
  for (const address of view.addresses()) {
    const record = view.getAccount(address)?.svm;
    if (record === undefined || !equalBytes(record.owner, owner)) continue;
    const account = readSolanaAccountAt(address, view);
    if (account === undefined || !passes(account)) continue;
    if (found.length === limit) throw new RpcError(rpcErrorCodes.limitExceeded, `expected at most ${limit} accounts: add filters`);
    found.push(account);
  }
  return found;
}

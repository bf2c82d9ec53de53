/** getTokenAccountBalance, getTokenSupply, getTokenAccountsByOwner, getTokenAccountsByDelegate, getTokenLargestAccounts */
import type { StateView } from "@trireme/chain";
import { equalBytes, pubkeyToBase58, type Pubkey } from "@trireme/core";
import { readSolanaAccount, tokenProgramIds, type SolanaAccount } from "@trireme/svm";
import { field, object } from "../../ethereum/parameters/structure.ts";
import { invalidParameter, RpcError, rpcErrorCodes } from "../../json-rpc/rpc-error.ts";
import { required, type Parser } from "../../json-rpc/rpc-method.ts";
import { decimalsIn, ownedAccounts } from "../accounts.ts";
import { formatAskedAccount } from "../format/account.ts";
import { readMint, readTokenAccount, tokenAmount, type TokenAccount } from "../format/token-data.ts";
import { accountConfig, optionalConfig, pubkey } from "../parameters.ts";
import { headState, solanaMethod, withContext, type SolanaMethod } from "../services.ts";

const LARGEST = 20;

/** `{ mint }` or `{ programId }`. */
const selector: Parser<{ readonly mint: Pubkey | undefined; readonly program: Pubkey | undefined }> = (value, path) => {
  const fields = object(value, path);
  const mint = field(fields, "mint", pubkey, path);
  const program = field(fields, "programId", pubkey, path);
  if ((mint === undefined) === (program === undefined)) throw invalidParameter(path, "{ mint } or { programId }", value);
  if (program !== undefined && !tokenProgramIds.some((id) => equalBytes(id, program)))
    throw invalidParameter(`${path}.programId`, "a token program", pubkeyToBase58(program));
  return { mint, program };
};

export const getTokenAccountBalance = solanaMethod([required("tokenAccount", pubkey), optionalConfig], async ({ chain }, [key, config]) => {
  const view = await headState(chain, config.minContextSlot);
  const account = readSolanaAccount(key, view);
  const token = account === undefined ? undefined : readTokenAccount(account);
  if (token === undefined)
    throw new RpcError(
      rpcErrorCodes.invalidParams,
      account === undefined ? "Invalid param: could not find account" : "Invalid param: not a Token account",
    );
  return withContext(view.blockNumber, tokenAmount(token.amount, decimalsIn(view)(token.mint)));
});

export const getTokenSupply = solanaMethod([required("mint", pubkey), optionalConfig], async ({ chain }, [key, config]) => {
  const view = await headState(chain, config.minContextSlot);
  const account = readSolanaAccount(key, view);
  const mint = account === undefined ? undefined : readMint(account);
  if (mint === undefined)
    throw new RpcError(
      rpcErrorCodes.invalidParams,
      account === undefined ? "Invalid param: could not find account" : "Invalid param: not a Token mint",
    );
  return withContext(view.blockNumber, tokenAmount(mint.supply, mint.decimals));
});

export const getTokenAccountsByOwner = tokenAccountsBy(({ owner }) => owner);
export const getTokenAccountsByDelegate = tokenAccountsBy(({ delegate }) => delegate);

export const getTokenLargestAccounts = solanaMethod(
  [required("mint", pubkey), optionalConfig],
  async ({ chain, limits }, [key, config]) => {
    const view = await headState(chain, config.minContextSlot);
    const decimals = decimalsIn(view)(key);
    const largest = tokenAccounts(view, limits.listedAccounts, undefined, ({ mint }) => equalBytes(mint, key))
      .toSorted((left, right) => (left.token.amount > right.token.amount ? -1 : 1))
      .slice(0, LARGEST);
    return withContext(
      view.blockNumber,
      largest.map(({ account, token }) => ({ address: pubkeyToBase58(account.key), ...(tokenAmount(token.amount, decimals) as object) })),
    );
  },
);

function tokenAccountsBy(keyOf: (token: TokenAccount) => Pubkey | undefined): SolanaMethod {
  return solanaMethod(
    [required("pubkey", pubkey), required("filter", selector), optionalConfig],
    async ({ chain, limits }, [key, { mint, program }, config]) => {
      const view = await headState(chain, config.minContextSlot);
      const shown = accountConfig(config);
      const decimalsOf = decimalsIn(view);
      const found = tokenAccounts(view, limits.listedAccounts, program, (token) => {
        const named = keyOf(token);
        return named !== undefined && equalBytes(named, key) && (mint === undefined || equalBytes(token.mint, mint));
      });
      return withContext(
        view.blockNumber,
        found.map(({ account }) => ({ pubkey: pubkeyToBase58(account.key), account: formatAskedAccount(account, shown, decimalsOf) })),
      );
    },
  );
}

function tokenAccounts(
  view: StateView,
  limit: number,
  program: Pubkey | undefined,
  passes: (token: TokenAccount) => boolean,
): { readonly account: SolanaAccount; readonly token: TokenAccount }[] {
  const isWanted = (account: SolanaAccount): boolean => {
    const token = readTokenAccount(account);
    return token !== undefined && passes(token);
  };
  return (program === undefined ? tokenProgramIds : [program])
    .flatMap((id) => ownedAccounts(id, view, limit, isWanted))
    .map((account) => ({ account, token: readTokenAccount(account) as TokenAccount }));
}

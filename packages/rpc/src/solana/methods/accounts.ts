/** getAccountInfo, getMultipleAccounts, getBalance, getProgramAccounts, getMinimumBalanceForRentExemption */
import { pubkeyToBase58 } from "@trireme/core";
import { minimumBalance, readSolanaAccount } from "@trireme/svm";
import { field, list } from "../../ethereum/parameters/structure.ts";
import { invalidParameter, RpcError, rpcErrorCodes } from "../../json-rpc/rpc-error.ts";
import { required } from "../../json-rpc/rpc-method.ts";
import { accountFilters } from "../account-filters.ts";
import { decimalsIn, ownedAccounts, showAccount } from "../accounts.ts";
import { formatAskedAccount } from "../format/account.ts";
import { accountConfig, boolean, optionalConfig, pubkey, unsigned } from "../parameters.ts";
import { headState, solanaMethod, withContext } from "../services.ts";

/** Most data of an account: 10 MiB. */
const MAX_DATA_LENGTH = 10 * 1024 * 1024;

export const getAccountInfo = solanaMethod([required("pubkey", pubkey), optionalConfig], async ({ chain }, [key, config]) => {
  const view = await headState(chain, config.minContextSlot);
  return withContext(view.blockNumber, showAccount(key, view, accountConfig(config)));
});

export const getMultipleAccounts = solanaMethod(
  [required("pubkeys", list(pubkey, 10_000)), optionalConfig],
  async ({ chain, limits }, [keys, config]) => {
    if (keys.length > limits.accounts) throw new RpcError(rpcErrorCodes.invalidParams, `Too many inputs provided; max ${limits.accounts}`);
    const view = await headState(chain, config.minContextSlot);
    const shown = accountConfig(config, "base64");
    return withContext(
      view.blockNumber,
      keys.map((key) => showAccount(key, view, shown)),
    );
  },
);

export const getBalance = solanaMethod([required("pubkey", pubkey), optionalConfig], async ({ chain }, [key, config]) => {
  const view = await headState(chain, config.minContextSlot);
  return withContext(view.blockNumber, readSolanaAccount(key, view)?.lamports ?? 0n);
});

export const getMinimumBalanceForRentExemption = solanaMethod([required("dataLength", unsigned), optionalConfig], (_, [length]) => {
  if (length > MAX_DATA_LENGTH) throw invalidParameter("params[0] (dataLength)", `at most ${MAX_DATA_LENGTH} bytes`, length);
  return minimumBalance(length);
});

export const getProgramAccounts = solanaMethod(
  [required("program", pubkey), optionalConfig],
  async ({ chain, limits }, [program, config]) => {
    const { fields, minContextSlot } = config;
    const passes = accountFilters(fields, limits.filters);
    const shown = accountConfig(config);
    const view = await headState(chain, minContextSlot);
    const decimalsOf = decimalsIn(view);
    const accounts = ownedAccounts(program, view, limits.listedAccounts, passes).map((account) => ({
      pubkey: pubkeyToBase58(account.key),
      account: formatAskedAccount(account, shown, decimalsOf),
    }));
    return field(fields, "withContext", boolean, "config") === true ? withContext(view.blockNumber, accounts) : accounts;
  },
);

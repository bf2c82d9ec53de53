/** getAccountInfo, getMultipleAccounts, getBalance, getProgramAccounts, getMinimumBalanceForRentExemption */
import { base58 } from "@scure/base";
import { equalBytes, pubkeyToBase58 } from "@trireme/core";
import { minimumBalance, readSolanaAccount, type SolanaAccount } from "@trireme/svm";
import { field, list, object, type Fields } from "../../ethereum/parameters/structure.ts";
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import { required, type Parser } from "../../json-rpc/rpc-method.ts";
import { decimalsIn, ownedAccounts, showAccount } from "../accounts.ts";
import { formatAccount } from "../format/account.ts";
import { accountConfig, boolean, optionalConfig, pubkey, unsigned } from "../parameters.ts";
import { headState, solanaMethod, withContext } from "../services.ts";

/** Most data of an account: 10 MiB. */
const MAX_DATA_LENGTH = 10 * 1024 * 1024;
/** Most bytes that a memcmp filter compares. */
const MAX_MEMCMP = 128;

export const getAccountInfo = solanaMethod([required("pubkey", pubkey), optionalConfig], async ({ chain }, [key, config]) => {
  const view = await headState(chain, config.minContextSlot);
  return withContext(view.blockNumber, showAccount(key, view, accountConfig(config)));
});

export const getMultipleAccounts = solanaMethod(
  [required("pubkeys", list(pubkey, 10_000)), optionalConfig],
  async ({ chain, limits }, [keys, config]) => {
    if (keys.length > limits.accounts) throw invalidParameter("params[0] (pubkeys)", `at most ${limits.accounts} pubkeys`, keys.length);
    const view = await headState(chain, config.minContextSlot);
    const shown = accountConfig(config);
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
    const filters = field(fields, "filters", list(filter, limits.filters), "config") ?? [];
    const shown = accountConfig(config);
    const view = await headState(chain, minContextSlot);
    const decimalsOf = decimalsIn(view);
    const accounts = ownedAccounts(program, view, limits.listedAccounts, (account) => filters.every((passes) => passes(account))).map(
      (account) => ({
        pubkey: pubkeyToBase58(account.key),
        account: formatAccount(account, shown, decimalsOf),
      }),
    );
    return field(fields, "withContext", boolean, "config") === true ? withContext(view.blockNumber, accounts) : accounts;
  },
);

/** `{ dataSize }` or `{ memcmp: { offset, bytes, encoding? } }`. */
const filter: Parser<(account: SolanaAccount) => boolean> = (value, path) => {
  const fields = object(value, path);
  const dataSize = field(fields, "dataSize", unsigned, path);
  if (dataSize !== undefined) return ({ dataLength }) => dataLength === dataSize;
  const memcmp = field(fields, "memcmp", object, path);
  if (memcmp === undefined) throw invalidParameter(path, "a filter: { dataSize } or { memcmp }", value);
  const offset = unsigned(memcmp["offset"], `${path}.memcmp.offset`);
  const bytes = memcmpBytes(memcmp, path);
  return (account) => equalBytes(account.read(offset, bytes.length), bytes);
};

function memcmpBytes(memcmp: Fields, path: string): Uint8Array {
  const { bytes, encoding } = memcmp;
  if (typeof bytes !== "string" || bytes.length > 2 * MAX_MEMCMP)
    throw invalidParameter(`${path}.memcmp.bytes`, `text of at most ${MAX_MEMCMP} bytes`, bytes);
  try {
    const decoded = encoding === "base64" ? Uint8Array.from(Buffer.from(bytes, "base64")) : base58.decode(bytes);
    if (decoded.length <= MAX_MEMCMP) return decoded;
  } catch {
    // Falls through to the refusal.
  }
  throw invalidParameter(`${path}.memcmp.bytes`, `${encoding === "base64" ? "base64" : "base58"} of at most ${MAX_MEMCMP} bytes`, bytes);
}

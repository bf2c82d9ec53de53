/** `defineChain`: composes environments, dialects and genesis into a chain, or says what is wrong with them. */
import { addressToHex, hexToBytes, TriremeError, zeroAddress, zeroHash, type Address } from "@trireme/core";
import type { ChainDefinition, ChainOptions, Composable, Genesis, GenesisAccount } from "./chain-definition.ts";
import { configurationError } from "./configuration-error.ts";
import { ethereum } from "./ethereum-format.ts";
import { optionsSchema, storageWord } from "./options-schema.ts";
import { serial } from "./scheduler.ts";
import { systemContractAccounts } from "./system-contracts.ts";

/** Gas limit of a block unless genesis says otherwise. */
export const defaultBlockGasLimit = 30_000_000n;
/** Blocks whose state a chain outside dev mode keeps readable. */
export const defaultHistoryBlocks = 128;
/** Times that one environment may be entered again through another one on one stack. */
export const defaultMaxReentries = 64;

/**
 * Checks the options and fills in the defaults. Nested lists are flattened and falsy entries left out, so that
 * `environments: [evm(), withWasm && wasm()]` composes.
 * @throws TriremeError `INVALID_CONFIGURATION` that names the option, what was expected and what came.
 */
export function defineChain(options: ChainOptions): ChainDefinition {
  const flat = flattenLists(options);
  const parsed = optionsSchema.safeParse(flat);
  if (!parsed.success) throw configurationError("defineChain", flat, parsed.error.issues);
  const { chainId, environments, fees = {}, limits = {}, dev = false, hardfork = "osaka", ...rest } = parsed.data;
  const formats = rest.formats ?? [ethereum(), ...environments.flatMap((environment) => environment.formats ?? [])];
  assertDistinct(
    "environments",
    environments.map(({ id }) => id),
  );
  assertDistinct(
    "formats",
    formats.map(({ id }) => id),
  );
  const genesis = rest.genesis ?? {};
  const coinbase = (fees.coinbase ?? genesis.coinbase ?? zeroAddress) as Address;
  const block0: Genesis = {
    accounts: genesisAccounts(genesis.accounts ?? [], genesis.systemContracts === false ? [] : systemContractAccounts(hardfork)),
    timestamp: genesis.timestamp ?? 0n,
    gasLimit: genesis.gasLimit ?? defaultBlockGasLimit,
    baseFeePerGas: genesis.baseFeePerGas ?? 1_000_000_000n,
    coinbase: (genesis.coinbase ?? zeroAddress) as Address,
    extraData: genesis.extraData ?? new Uint8Array(0),
    prevRandao: genesis.prevRandao ?? zeroHash,
    excessBlobGas: genesis.excessBlobGas ?? 0n,
  };
  return {
    chainId,
    hardfork,
    environments,
    formats,
    genesis: block0,
    fees: {
      minimumPriorityFeePerGas: fees.minimumPriorityFeePerGas ?? 0n,
      minimumBaseFeePerGas: fees.minimumBaseFeePerGas ?? 0n,
      coinbase,
    },
    mining: rest.mining ?? { kind: "auto" },
    scheduler: rest.scheduler ?? serial(),
    history: rest.history ?? (dev ? "all" : defaultHistoryBlocks),
    dev,
    limits: {
      callGas: limits.callGas ?? 50_000_000n,
      mempoolTransactions: limits.mempoolTransactions ?? 8192,
      mempoolTransactionsPerSender: limits.mempoolTransactionsPerSender ?? 1024,
      transactionSize: limits.transactionSize ?? 131_072,
      reentries: limits.reentries ?? defaultMaxReentries,
      transactionMemory: limits.transactionMemory ?? 1 << 28,
    },
  };
}

type ParsedAccount = NonNullable<NonNullable<ReturnType<typeof optionsSchema.parse>["genesis"]>["accounts"]>[number];

function genesisAccounts(given: readonly ParsedAccount[], system: readonly GenesisAccount[]): readonly GenesisAccount[] {
  const accounts = new Map<string, GenesisAccount>();
  given.forEach((account, index) => {
    const name = addressToHex(account.address as Address);
    if (accounts.has(name)) {
      throw new TriremeError(
        "INVALID_CONFIGURATION",
        `defineChain: genesis.accounts[${index}]: expected each address once, got ${name} again`,
      );
    }
    accounts.set(name, {
      address: account.address as Address,
      balance: account.balance ?? 0n,
      nonce: account.nonce ?? 0n,
      code: account.code ?? new Uint8Array(0),
      storage: Object.entries(account.storage ?? {}).map(([key, value]) => [slotWord(index, key), slotWord(index, value)] as const),
    });
  });
  // A genesis that brings its own contract at a system address (a copy of another network) keeps it.
  for (const account of system) {
    const name = addressToHex(account.address);
    if (!accounts.has(name)) accounts.set(name, account);
  }
  return [...accounts.values()];
}

function slotWord(account: number, hex: string): Uint8Array {
  if (storageWord.safeParse(hex).success) return hexToBytes(hex, 32);
  throw new TriremeError(
    "INVALID_CONFIGURATION",
    `defineChain: genesis.accounts[${account}].storage: expected 0x and 64 hexadecimal digits (32 bytes), got ${JSON.stringify(hex.slice(0, 80))}`,
  );
}

function assertDistinct(list: string, ids: readonly string[]): void {
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) {
    throw new TriremeError("INVALID_CONFIGURATION", `defineChain: ${list}: expected each id once, got ${JSON.stringify(repeated)} again`);
  }
}

/** The options with every composable list flat; anything else stays what it is, for the schema to judge. */
function flattenLists(options: ChainOptions): unknown {
  if (typeof options !== "object" || options === null) return options;
  const { environments, formats, genesis, ...rest } = options;
  return {
    ...rest,
    environments: flatten(environments),
    ...(formats === undefined ? {} : { formats: flatten(formats) }),
    ...(genesis === undefined
      ? {}
      : { genesis: isRecord(genesis) && "accounts" in genesis ? { ...genesis, accounts: flatten(genesis.accounts) } : genesis }),
  };
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function flatten<T>(list: Composable<T>): readonly T[] {
  if (list === false || list === null || list === undefined) return [];
  return Array.isArray(list) ? list.flatMap((entry: Composable<T>) => flatten(entry)) : [list as T];
}

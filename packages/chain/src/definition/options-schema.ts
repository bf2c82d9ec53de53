/** The run-time schema of `defineChain`'s options: JavaScript callers and configuration files have no types. */
import { hardforks, isHardfork, type EnvironmentDescriptor, type FormatDescriptor, type Hardfork } from "@trireme/core";
import { z } from "zod";
import { mostWorkers } from "./scheduler.ts";

const maxU64 = (1n << 64n) - 1n;
const maxU256 = (1n << 256n) - 1n;

function unsigned(max: bigint, what: string): z.ZodType<bigint> {
  return z
    .union([z.bigint(), z.number()], { error: `expected ${what}` })
    .refine((value) => (typeof value === "bigint" || Number.isSafeInteger(value)) && value >= 0 && BigInt(value) <= max, {
      error: `expected ${what}`,
    })
    .transform(BigInt);
}

function bytes(what: string, accepts: (length: number) => boolean): z.ZodType<Uint8Array> {
  const error = `expected ${what}`;
  return z
    .union([z.instanceof(Uint8Array), z.string()], { error })
    .transform((value) => (typeof value === "string" ? bytesOrUndefined(value) : value))
    .refine((value): value is Uint8Array => value !== undefined && accepts(value.length), { error });
}

function bytesOrUndefined(hex: string): Uint8Array | undefined {
  return /^0x(?:[0-9a-fA-F]{2})*$/.test(hex) ? Uint8Array.from(Buffer.from(hex.slice(2), "hex")) : undefined;
}

const u64 = unsigned(maxU64, "an integer from 0 to 2^64 - 1");
const wei = unsigned(maxU256, "wei: a bigint from 0 to 2^256 - 1");
const gas = unsigned(maxU64, "gas: an integer from 0 to 2^64 - 1");
const address = bytes("an address: 20 bytes, or 0x and 40 hexadecimal digits", (length) => length === 20);
const word = bytes("0x and 64 hexadecimal digits (32 bytes)", (length) => length === 32);
const count = z
  .number({ error: "expected a positive integer" })
  .refine((value) => Number.isSafeInteger(value) && value > 0, { error: "expected a positive integer" });

const account = z.strictObject(
  {
    address,
    balance: wei.optional(),
    nonce: u64.optional(),
    code: bytes("code: bytes, or 0x-prefixed hexadecimal of even length", () => true).optional(),
    storage: z.record(z.string(), z.string(), { error: "expected an object of 32-byte slots, 0x-prefixed hexadecimal" }).optional(),
  },
  { error: "expected an account such as { address, balance }" },
);

/** Slots of a genesis account, as 0x-prefixed 32-byte words. */
export const storageWord = word;

const genesis = z.strictObject(
  {
    accounts: z.array(account, { error: "expected a list of accounts" }).optional(),
    timestamp: u64.optional(),
    gasLimit: gas.refine((value) => value >= 5000n, { error: "expected a block gas limit of at least 5,000" }).optional(),
    baseFeePerGas: wei.optional(),
    coinbase: address.optional(),
    extraData: bytes("at most 32 bytes", (length) => length <= 32).optional(),
    prevRandao: word.optional(),
    excessBlobGas: u64.optional(),
    systemContracts: z.boolean({ error: "expected true or false" }).optional(),
  },
  { error: "expected an object such as { accounts: [...] }" },
);

const mining = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("auto") }),
    z.strictObject({ kind: z.literal("manual") }),
    z.strictObject({ kind: z.literal("interval"), milliseconds: count }),
  ],
  { error: 'expected { kind: "auto" }, { kind: "manual" } or { kind: "interval", milliseconds }' },
);

const workers = count.refine((value) => value <= mostWorkers, { error: `expected workers of 1 to ${mostWorkers}` });

const scheduler = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("serial") }),
    z.strictObject({ kind: z.literal("parallel"), workers: workers.optional(), always: z.boolean().optional() }),
  ],
  { error: "expected serial() or parallel({ workers, always })" },
);

const environment = z.custom<EnvironmentDescriptor>(isDescriptor, {
  error: "expected an environment such as evm(), with an id and a create function",
});
const format = z.custom<FormatDescriptor>(isDescriptor, {
  error: "expected a transaction format such as ethereum(), with an id and a create function",
});

/** Composable lists must be flat and without gaps before they are parsed. */
export const optionsSchema = z.strictObject(
  {
    chainId: unsigned(maxU64, "a chain id: an integer from 1 to 2^64 - 1").refine((id) => id > 0n, {
      error: "expected a chain id: an integer from 1 to 2^64 - 1",
    }),
    hardfork: z
      .custom<Hardfork>((name) => typeof name === "string" && isHardfork(name), { error: `expected one of ${hardforks.join(", ")}` })
      .optional(),
    environments: z.array(environment).min(1, { error: "expected at least one environment, such as evm()" }),
    formats: z.array(format).optional(),
    genesis: genesis.optional(),
    fees: z
      .strictObject({ minimumPriorityFeePerGas: wei.optional(), minimumBaseFeePerGas: wei.optional(), coinbase: address.optional() })
      .optional(),
    mining: mining.optional(),
    scheduler: scheduler.optional(),
    history: z
      .custom<"all" | number>((value) => value === "all" || count.safeParse(value).success, {
        error: 'expected "all" or a positive number of blocks',
      })
      .optional(),
    dev: z.boolean({ error: "expected true or false" }).optional(),
    limits: z
      .strictObject({
        callGas: gas.optional(),
        mempoolTransactions: count.optional(),
        mempoolTransactionsPerSender: count.optional(),
        transactionSize: count.optional(),
        reentries: count.optional(),
        transactionMemory: count.optional(),
      })
      .optional(),
  },
  { error: "expected an object such as { chainId, environments: [evm()] }" },
);

function isDescriptor(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { id, create } = value as { readonly id?: unknown; readonly create?: unknown };
  return typeof id === "string" && id.length > 0 && typeof create === "function";
}

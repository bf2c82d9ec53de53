/** Stylus cases: one call of a program, and what must come of it. The form is described in `docs/spec/stylus-cases.md`. */
import { addressFromHex, concatBytes, emptyBytes, TriremeError, type Address, type BlockContext, type Log } from "@trireme/core";
import type { StylusParameters } from "@trireme/wasm";
import type { AllocatedAccount } from "./allocation.ts";
import {
  assertFields,
  readAddress,
  readArray,
  readHex,
  readNumber,
  readObject,
  readString,
  readWord,
  type JsonObject,
  type JsonValue,
} from "./json-value.ts";
import { codeOfProgram, readProgram, type CaseProgram } from "./stylus-program.ts";

/** A case as it is run. */
export interface StylusCase {
  readonly name: string;
  readonly accounts: readonly AllocatedAccount[];
  /** Programs that are activated before the call, in this order. */
  readonly programs: readonly Address[];
  readonly isMeasured: boolean;
  readonly parameters: Partial<StylusParameters>;
  readonly isDebug: boolean;
  readonly block: BlockContext;
  readonly call: StylusCall;
  readonly expected: StylusExpectation;
}

/** The call of a case. */
export interface StylusCall {
  readonly sender: Address;
  readonly to: Address;
  readonly value: bigint;
  readonly input: Uint8Array;
  readonly gas: bigint;
  readonly isStatic: boolean;
}

/** What must come of a case; what is undefined is not compared. */
export interface StylusExpectation {
  readonly activation: string | undefined;
  readonly outcome: string | undefined;
  readonly gasLeft: bigint | undefined;
  readonly ink: bigint | undefined;
  readonly output: Uint8Array | undefined;
  readonly refund: bigint | undefined;
  readonly logs: readonly Log[] | undefined;
  readonly storage: readonly (readonly [address: Address, key: Uint8Array, value: Uint8Array])[];
  readonly balances: readonly (readonly [address: Address, wei: bigint])[];
}

/** Where a case's own program stands. */
const programAddress = addressFromHex("0x000000000000000000000000000000000000c0de");
/** Who calls, where the case does not say: it has 10^24 wei. */
const defaultSender = addressFromHex("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

/** Reads one case. @throws TriremeError `INVALID_ENCODING` naming what is not as it should be */
export function readStylusCase(name: string, value: JsonValue | undefined): StylusCase {
  const fields = readObject(value, name);
  assertFields(fields, ["why", "program", "accounts", "parameters", "debug", "block", "call", "expected"], name);
  readString(fields["why"] ?? "", "why");
  const own = fields["program"] === undefined ? undefined : readProgram(fields["program"], "program");
  const others = Object.entries(readObject(fields["accounts"] ?? {}, "accounts")).map(([hex, account]) => readAccount(hex, account));
  const call = readCall(readObject(fields["call"] ?? {}, "call"));
  const accounts = others.map(({ account }) => account);
  if (own !== undefined) accounts.push(accountOf(programAddress, { code: codeOfProgram(own) }));
  const hasSender = accounts.some(({ address }) => address.join() === call.sender.join());
  if (!hasSender) accounts.push(accountOf(call.sender, { balance: 10n ** 24n }));
  return {
    name,
    accounts: mergeAccounts(accounts),
    programs: [...others.flatMap(({ account, isProgram }) => (isProgram ? [account.address] : [])), ...(own ? [programAddress] : [])],
    isMeasured: (own as CaseProgram | undefined)?.isMeasured ?? false,
    parameters: readParameters(fields["parameters"] ?? {}),
    isDebug: fields["debug"] === true,
    block: readBlock(readObject(fields["block"] ?? {}, "block")),
    call,
    expected: readExpectation(readObject(fields["expected"], "expected")),
  };
}

function readAccount(hex: string, value: JsonValue): { readonly account: AllocatedAccount; readonly isProgram: boolean } {
  const fields = readObject(value, `account ${hex}`);
  assertFields(fields, ["balance", "nonce", "code", "program", "storage", "activate"], `account ${hex}`);
  const program = fields["program"] === undefined ? undefined : readProgram(fields["program"], `program of ${hex}`);
  const code = program === undefined ? readHex(fields["code"] ?? "0x", `code of ${hex}`) : codeOfProgram(program);
  const storage = readStorage(fields["storage"] ?? {}, `storage of ${hex}`);
  const address = readAddress(hex, "an address of accounts");
  const balance = readNumber(fields["balance"] ?? 0, `balance of ${hex}`);
  const nonce = readNumber(fields["nonce"] ?? 0, `nonce of ${hex}`);
  return { account: { address, nonce, balance, code, storage }, isProgram: program !== undefined && fields["activate"] !== false };
}

function readStorage(value: JsonValue, what: string): readonly (readonly [Uint8Array, Uint8Array])[] {
  return Object.entries(readObject(value, what)).map(([key, slot]) => [readWord(key, `a key of ${what}`), readWord(slot, what)] as const);
}

function readParameters(value: JsonValue): Partial<StylusParameters> {
  const entries = Object.entries(readObject(value, "parameters"));
  return Object.fromEntries(entries.map(([name, number]) => [name, Number(readNumber(number, `parameter ${name}`))]));
}

function readBlock(fields: JsonObject): BlockContext {
  assertFields(fields, ["chainId", "number", "timestamp", "coinbase", "gasLimit", "baseFee"], "block");
  return {
    chainId: readNumber(fields["chainId"] ?? 1337, "chainId"),
    hardfork: "osaka",
    number: readNumber(fields["number"] ?? 1, "number"),
    timestamp: readNumber(fields["timestamp"] ?? 1_767_225_600, "timestamp"),
    coinbase: readAddress(fields["coinbase"] ?? "0xc014ba5e00000000000000000000000000000000", "coinbase"),
    gasLimit: readNumber(fields["gasLimit"] ?? 30_000_000, "gasLimit"),
    baseFeePerGas: readNumber(fields["baseFee"] ?? 0, "baseFee"),
    blobBaseFee: 1n,
    prevRandao: new Uint8Array(32),
    difficulty: 0n,
  };
}

function readCall(fields: JsonObject): StylusCall {
  assertFields(fields, ["sender", "to", "value", "input", "gas", "static"], "call");
  return {
    sender: fields["sender"] === undefined ? defaultSender : readAddress(fields["sender"], "sender"),
    to: fields["to"] === undefined ? programAddress : readAddress(fields["to"], "to"),
    value: readNumber(fields["value"] ?? 0, "value"),
    input: readHex(fields["input"] ?? "0x", "input"),
    gas: readNumber(fields["gas"] ?? 100_000_000, "gas"),
    isStatic: fields["static"] === true,
  };
}

function readExpectation(fields: JsonObject): StylusExpectation {
  assertFields(fields, ["activation", "outcome", "gasLeft", "ink", "output", "refund", "logs", "storage", "balances"], "expected");
  if (Object.keys(fields).length === 0) throw new TriremeError("INVALID_ENCODING", "expected expected to say something, got {}");
  const optional = <Value>(name: string, read: (value: JsonValue, what: string) => Value): Value | undefined =>
    fields[name] === undefined ? undefined : read(fields[name], name);
  return {
    activation: optional("activation", oneOf("accepted", "rejected")),
    outcome: optional("outcome", oneOf("success", "revert", "outOfInk", "outOfStack", "halt")),
    gasLeft: optional("gasLeft", readNumber),
    ink: optional("ink", readNumber),
    output: optional("output", readHex),
    refund: optional("refund", readNumber),
    logs: optional("logs", readLogs),
    storage: Object.entries(readObject(fields["storage"] ?? {}, "storage")).flatMap(([hex, slots]) =>
      readStorage(slots, `storage of ${hex}`).map(([key, slot]) => [readAddress(hex, "an address of storage"), key, slot] as const),
    ),
    balances: Object.entries(readObject(fields["balances"] ?? {}, "balances")).map(
      ([hex, wei]) => [readAddress(hex, "an address of balances"), readNumber(wei, `balance of ${hex}`)] as const,
    ),
  };
}

function oneOf(...words: readonly string[]): (value: JsonValue, what: string) => string {
  return (value, what) => {
    const word = readString(value, what);
    if (words.includes(word)) return word;
    throw new TriremeError("INVALID_ENCODING", `expected ${what} to be one of ${words.join(", ")}, got ${word}`);
  };
}

function readLogs(value: JsonValue): readonly Log[] {
  return readArray(value, "logs").map((item) => {
    const fields = readObject(item, "a log");
    assertFields(fields, ["address", "topics", "data"], "a log");
    return {
      address: fields["address"] === undefined ? programAddress : readAddress(fields["address"], "address of a log"),
      topics: readArray(fields["topics"], "topics").map((topic) => readWord(topic, "a topic")),
      data: readHex(fields["data"] ?? "0x", "data of a log"),
    };
  });
}

function accountOf(address: Address, part: Partial<AllocatedAccount>): AllocatedAccount {
  return { address, nonce: 0n, balance: 0n, code: emptyBytes, storage: [], ...part };
}

/** The case's own program may have storage and balance under `accounts`. */
function mergeAccounts(accounts: readonly AllocatedAccount[]): readonly AllocatedAccount[] {
  const byAddress = new Map<string, AllocatedAccount>();
  for (const account of accounts) {
    const known = byAddress.get(account.address.join());
    const merged = known === undefined ? account : { ...known, code: concatBytes(known.code, account.code) };
    byAddress.set(account.address.join(), merged);
  }
  return [...byAddress.values()];
}

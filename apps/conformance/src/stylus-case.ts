/** Stylus cases: calls of a program, and what must come of the last one. The form is described in `docs/spec/stylus-cases.md`. */
import { addressFromHex, addressToHex, concatBytes, emptyBytes, TriremeError, type Address, type BlockContext } from "@trireme/core";
import { defaultStylusParameters, type StylusParameters } from "@trireme/wasm";
import type { AllocatedAccount } from "./allocation.ts";
import {
  assertFields,
  readAddress,
  readArray,
  readBoolean,
  readHex,
  readNumber,
  readObject,
  readString,
  readWord,
  type JsonObject,
  type JsonValue,
} from "./json-value.ts";
import { readExpectation, type StylusExpectation } from "./stylus-expectation.ts";
import { readProgram, type CaseProgram } from "./stylus-program.ts";

/** A case as it is run. */
export interface StylusCase {
  readonly accounts: readonly AllocatedAccount[];
  /** Programs that are activated before all calls, in this order. */
  readonly programs: readonly Address[];
  readonly isMeasured: boolean;
  readonly parameters: Partial<StylusParameters>;
  readonly isDebug: boolean;
  readonly cacheManagers: readonly Address[];
  readonly feeAccount: Address | undefined;
  readonly block: BlockContext;
  /** How the chain was when programs were activated, where that differs. */
  readonly activation: { readonly parameters: Partial<StylusParameters>; readonly timestamp: bigint };
  /** Transactions ahead of the call; each has to succeed. */
  readonly before: readonly StylusCall[];
  readonly call: StylusCall;
  readonly expected: StylusExpectation;
}

/** A call of a case. */
export interface StylusCall {
  readonly sender: Address;
  readonly to: Address;
  readonly value: bigint;
  readonly input: Uint8Array;
  readonly gas: bigint;
  readonly isStatic: boolean;
  /** Unix seconds of its block. */
  readonly timestamp: bigint;
}

/** Where a case's own program stands. */
const programAddress = addressFromHex("0x000000000000000000000000000000000000c0de");
/** Who calls, where the case does not say: it has 10^24 wei. */
const defaultSender = addressFromHex("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

const caseFields = [
  "why",
  "program",
  "accounts",
  "parameters",
  "debug",
  "cacheManagers",
  "feeAccount",
  "block",
  "activation",
  "before",
  "call",
  "expected",
];

/** Reads one case. @throws TriremeError `INVALID_ENCODING` naming the field that is not as it should be */
export function readStylusCase(value: JsonValue | undefined): StylusCase {
  const fields = readObject(value, "the case");
  assertFields(fields, caseFields, "the case");
  if (fields["why"] !== undefined) readString(fields["why"], "why");
  const own = fields["program"] === undefined ? undefined : readProgram(fields["program"], "program");
  const others = Object.entries(readObject(fields["accounts"] ?? {}, "accounts")).map(([hex, account]) => readAccount(hex, account));
  const block = readBlock(readObject(fields["block"] ?? {}, "block"));
  const call = readCall(fields["call"] ?? {}, "call", block.timestamp);
  const before = readArray(fields["before"] ?? [], "before").map((item, index) => readCall(item, `before[${index}]`, block.timestamp));
  const parameters = readParameters(fields["parameters"] ?? {}, "parameters");
  return {
    accounts: allAccounts(
      others.map(({ account }) => account),
      own,
      [call, ...before],
    ),
    programs: [...others.flatMap(({ account, isProgram }) => (isProgram ? [account.address] : [])), ...(own ? [programAddress] : [])],
    isMeasured: own?.isMeasured ?? false,
    parameters,
    isDebug: fields["debug"] !== undefined && readBoolean(fields["debug"], "debug"),
    cacheManagers: readArray(fields["cacheManagers"] ?? [], "cacheManagers").map((item, index) =>
      readAddress(item, `cacheManagers[${index}]`),
    ),
    feeAccount: fields["feeAccount"] === undefined ? undefined : readAddress(fields["feeAccount"], "feeAccount"),
    block,
    activation: readActivation(readObject(fields["activation"] ?? {}, "activation"), parameters, block.timestamp),
    before,
    call,
    expected: readExpectation(readObject(fields["expected"], "expected"), programAddress),
  };
}

function readAccount(hex: string, value: JsonValue): { readonly account: AllocatedAccount; readonly isProgram: boolean } {
  const path = `accounts.${hex}`;
  const address = readAddress(hex, `the key ${path}`);
  const fields = readObject(value, path);
  assertFields(fields, ["balance", "nonce", "code", "program", "storage", "activate"], path);
  if (fields["code"] !== undefined && fields["program"] !== undefined) {
    throw new TriremeError("INVALID_ENCODING", `expected ${path} to have code or a program, got both`);
  }
  const isActivated = fields["activate"] === undefined || readBoolean(fields["activate"], `${path}.activate`);
  const program = fields["program"] === undefined ? undefined : readProgram(fields["program"], `${path}.program`);
  const storage = Object.entries(readObject(fields["storage"] ?? {}, `${path}.storage`)).map(
    ([key, slot]) => [readWord(key, `a key of ${path}.storage`), readWord(slot, `${path}.storage.${key}`)] as const,
  );
  const account = {
    address,
    nonce: readNumber(fields["nonce"] ?? 0, `${path}.nonce`),
    balance: readNumber(fields["balance"] ?? 0, `${path}.balance`),
    code: program?.code ?? readHex(fields["code"] ?? "0x", `${path}.code`),
    storage,
  };
  return { account, isProgram: program !== undefined && isActivated };
}

function readParameters(value: JsonValue, path: string): Partial<StylusParameters> {
  const fields = readObject(value, path);
  assertFields(fields, Object.keys(defaultStylusParameters), path);
  return Object.fromEntries(Object.entries(fields).map(([name, number]) => [name, Number(readNumber(number, `${path}.${name}`))]));
}

function readActivation(fields: JsonObject, parameters: Partial<StylusParameters>, timestamp: bigint): StylusCase["activation"] {
  assertFields(fields, ["parameters", "timestamp"], "activation");
  return {
    parameters: { ...parameters, ...readParameters(fields["parameters"] ?? {}, "activation.parameters") },
    timestamp: fields["timestamp"] === undefined ? timestamp : readNumber(fields["timestamp"], "activation.timestamp"),
  };
}

function readBlock(fields: JsonObject): BlockContext {
  assertFields(fields, ["chainId", "number", "timestamp", "coinbase", "gasLimit", "baseFee"], "block");
  const number = (name: string, otherwise: number): bigint => readNumber(fields[name] ?? otherwise, `block.${name}`);
  return {
    chainId: number("chainId", 1337),
    hardfork: "osaka",
    number: number("number", 1),
    timestamp: number("timestamp", 1_767_225_600),
    coinbase: readAddress(fields["coinbase"] ?? "0xc014ba5e00000000000000000000000000000000", "block.coinbase"),
    gasLimit: number("gasLimit", 30_000_000),
    baseFeePerGas: number("baseFee", 0),
    blobBaseFee: 1n,
    prevRandao: new Uint8Array(32),
    difficulty: 0n,
  };
}

function readCall(value: JsonValue, path: string, timestamp: bigint): StylusCall {
  const fields = readObject(value, path);
  assertFields(fields, ["sender", "to", "value", "input", "gas", "static", "timestamp"], path);
  return {
    sender: fields["sender"] === undefined ? defaultSender : readAddress(fields["sender"], `${path}.sender`),
    to: fields["to"] === undefined ? programAddress : readAddress(fields["to"], `${path}.to`),
    value: readNumber(fields["value"] ?? 0, `${path}.value`),
    input: readHex(fields["input"] ?? "0x", `${path}.input`),
    gas: readNumber(fields["gas"] ?? 100_000_000, `${path}.gas`),
    isStatic: fields["static"] !== undefined && readBoolean(fields["static"], `${path}.static`),
    timestamp: fields["timestamp"] === undefined ? timestamp : readNumber(fields["timestamp"], `${path}.timestamp`),
  };
}

/** The accounts of the case with its own program, whose storage and balance may stand among them, and with its senders. */
function allAccounts(
  given: readonly AllocatedAccount[],
  own: CaseProgram | undefined,
  calls: readonly StylusCall[],
): readonly AllocatedAccount[] {
  const byAddress = new Map<string, AllocatedAccount>();
  for (const account of given) {
    const key = addressToHex(account.address);
    if (byAddress.has(key)) throw new TriremeError("INVALID_ENCODING", `expected each of accounts once, got ${key} twice`);
    byAddress.set(key, account);
  }
  if (own !== undefined) {
    const known = byAddress.get(addressToHex(programAddress)) ?? accountOf(programAddress, 0n);
    if (known.code.length > 0) throw new TriremeError("INVALID_ENCODING", "expected the program's account to have no other code");
    byAddress.set(addressToHex(programAddress), { ...known, code: concatBytes(own.code) });
  }
  for (const { sender } of calls) {
    const key = addressToHex(sender);
    if (!byAddress.has(key)) byAddress.set(key, accountOf(sender, 10n ** 24n));
  }
  return [...byAddress.values()];
}

function accountOf(address: Address, balance: bigint): AllocatedAccount {
  return { address, nonce: 0n, balance, code: emptyBytes, storage: [] };
}

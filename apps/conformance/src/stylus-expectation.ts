/** What must come of a Stylus case. */
import { TriremeError, type Address, type Log } from "@trireme/core";
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

/** What must come of a case; what is undefined is not compared. */
export interface StylusExpectation {
  readonly activation: string | undefined;
  /** Code of the refusal of an activation. */
  readonly reason: string | undefined;
  /** A part of the refusal's text. */
  readonly detail: string | undefined;
  readonly outcome: string | undefined;
  readonly gasLeft: bigint | undefined;
  readonly ink: bigint | undefined;
  readonly output: Uint8Array | undefined;
  readonly refund: bigint | undefined;
  readonly logs: readonly Log[] | undefined;
  /** Lines that programs printed. */
  readonly console: readonly string[] | undefined;
  readonly storage: readonly (readonly [address: Address, key: Uint8Array, value: Uint8Array])[];
  readonly balances: readonly (readonly [address: Address, wei: bigint])[];
}

const refusalFields = ["activation", "reason", "detail"];
const callFields = ["outcome", "gasLeft", "ink", "output", "refund", "logs", "console", "storage", "balances"];

/** Reads what a case expects. @throws TriremeError `INVALID_ENCODING` */
export function readExpectation(fields: JsonObject, program: Address): StylusExpectation {
  assertFields(fields, [...refusalFields, ...callFields], "expected");
  if (Object.keys(fields).length === 0) throw new TriremeError("INVALID_ENCODING", "expected expected to say something, got {}");
  const optional = <Value>(name: string, read: (value: JsonValue, what: string) => Value): Value | undefined =>
    fields[name] === undefined ? undefined : read(fields[name], `expected.${name}`);
  const expectation: StylusExpectation = {
    activation: optional("activation", oneOf("accepted", "rejected")),
    reason: optional("reason", readString),
    detail: optional("detail", readString),
    outcome: optional("outcome", oneOf("success", "revert", "outOfInk", "outOfStack", "halt")),
    gasLeft: optional("gasLeft", readNumber),
    ink: optional("ink", readNumber),
    output: optional("output", readHex),
    refund: optional("refund", readNumber),
    logs: optional("logs", (value, path) => readLogs(value, path, program)),
    console: optional("console", (value, path) => readArray(value, path).map((line, index) => readString(line, `${path}[${index}]`))),
    storage: optional("storage", readSlots) ?? [],
    balances: optional("balances", readBalances) ?? [],
  };
  assertMeaning(fields, expectation.activation === "rejected");
  return expectation;
}

/** Nothing is called after a refusal, and without one there is no reason: such fields would compare nothing. */
function assertMeaning(fields: JsonObject, isRejected: boolean): void {
  const lost = isRejected ? callFields : ["reason", "detail"];
  const name = lost.find((candidate) => fields[candidate] !== undefined);
  if (name === undefined) return;
  const with_ = isRejected ? 'without "activation": "rejected"' : 'with "activation": "rejected"';
  throw new TriremeError("INVALID_ENCODING", `expected expected.${name} only ${with_}`);
}

function readSlots(value: JsonValue, path: string): StylusExpectation["storage"] {
  return Object.entries(readObject(value, path)).flatMap(([hex, slots]) => {
    const address = readAddress(hex, `the key ${path}.${hex}`);
    return Object.entries(readObject(slots, `${path}.${hex}`)).map(
      ([key, slot]) => [address, readWord(key, `a key of ${path}.${hex}`), readWord(slot, `${path}.${hex}.${key}`)] as const,
    );
  });
}

function readBalances(value: JsonValue, path: string): StylusExpectation["balances"] {
  return Object.entries(readObject(value, path)).map(
    ([hex, wei]) => [readAddress(hex, `the key ${path}.${hex}`), readNumber(wei, `${path}.${hex}`)] as const,
  );
}

function oneOf(...words: readonly string[]): (value: JsonValue, what: string) => string {
  return (value, what) => {
    const word = readString(value, what);
    if (words.includes(word)) return word;
    throw new TriremeError("INVALID_ENCODING", `expected ${what} to be one of ${words.join(", ")}, got ${JSON.stringify(word)}`);
  };
}

function readLogs(value: JsonValue, path: string, program: Address): readonly Log[] {
  return readArray(value, path).map((item, index) => {
    const at = `${path}[${index}]`;
    const fields = readObject(item, at);
    assertFields(fields, ["address", "topics", "data"], at);
    return {
      address: fields["address"] === undefined ? program : readAddress(fields["address"], `${at}.address`),
      topics: readArray(fields["topics"], `${at}.topics`).map((topic, position) => readWord(topic, `${at}.topics[${position}]`)),
      data: readHex(fields["data"] ?? "0x", `${at}.data`),
    };
  });
}

/** Fixtures of single Solana instructions: accounts in, result and accounts out. */
import { pubkeyFromBytes, TriremeError, type Pubkey } from "@trireme/core";
import { readArray, readBoolean, readNumber, readObject, readString, type JsonValue } from "../json-value.ts";

/** An account of a fixture. */
export interface FixtureAccount {
  readonly key: Pubkey;
  readonly owner: Pubkey;
  readonly lamports: bigint;
  readonly data: Uint8Array;
  readonly executable: boolean;
}

/** One instruction and what it did. */
export interface TokenFixture {
  readonly name: string;
  readonly program: Pubkey;
  readonly data: Uint8Array;
  readonly metas: readonly { readonly pubkey: Pubkey; readonly isSigner: boolean; readonly isWritable: boolean }[];
  readonly accounts: readonly FixtureAccount[];
  readonly slot: bigint;
  readonly timestamp: bigint;
  /** What the program left in r0: 0 = success, below 2^32 its own error, above one of Solana's. */
  readonly result: bigint;
  readonly returnData: Uint8Array;
  readonly resultingAccounts: readonly FixtureAccount[];
}

/** Reads one fixture. @throws TriremeError `INVALID_ENCODING` naming the field that is not as it should be */
export function readTokenFixture(value: JsonValue, index: number): TokenFixture {
  const fixture = readObject(value, `fixture ${index}`);
  const name = fixture["name"] === undefined ? `fixture ${index}` : readString(fixture["name"], `the name of fixture ${index}`);
  const accounts = readAccounts(fixture["accounts"], `${name}: accounts`);
  const clock = fixture["clock"] === undefined ? {} : readObject(fixture["clock"], `${name}: clock`);
  const field = (key: string): bigint => (clock[key] === undefined ? 0n : readNumber(clock[key], `${name}: clock.${key}`));
  return {
    name,
    program: readKey(fixture["programId"], `${name}: programId`),
    data: readBase64(fixture["data"], `${name}: data`),
    metas: readArray(fixture["instructionAccounts"], `${name}: instructionAccounts`).map((each, at) => {
      const what = `${name}: instructionAccounts[${at}]`;
      const meta = readObject(each, what);
      const place = readNumber(meta["index"], `${what}.index`);
      const account = accounts[Number(place)];
      if (account === undefined) {
        throw new TriremeError("INVALID_ENCODING", `expected ${what}.index to be below ${accounts.length}, got ${place}`);
      }
      return {
        pubkey: account.key,
        isSigner: readBoolean(meta["isSigner"], `${what}.isSigner`),
        isWritable: readBoolean(meta["isWritable"], `${what}.isWritable`),
      };
    }),
    accounts,
    slot: field("slot"),
    timestamp: field("unix_timestamp"),
    result: readNumber(fixture["programResult"], `${name}: programResult`),
    returnData: fixture["returnData"] === undefined ? new Uint8Array(0) : readBase64(fixture["returnData"], `${name}: returnData`),
    resultingAccounts: readAccounts(fixture["resultingAccounts"], `${name}: resultingAccounts`),
  };
}

function readAccounts(value: JsonValue | undefined, what: string): readonly FixtureAccount[] {
  return readArray(value, what).map((each, index) => {
    const account = readObject(each, `${what}[${index}]`);
    return {
      key: readKey(account["address"], `${what}[${index}].address`),
      owner: readKey(account["owner"], `${what}[${index}].owner`),
      lamports: readNumber(account["lamports"], `${what}[${index}].lamports`),
      data: readBase64(account["data"], `${what}[${index}].data`),
      executable: readBoolean(account["executable"], `${what}[${index}].executable`),
    };
  });
}

function readKey(value: JsonValue | undefined, what: string): Pubkey {
  const bytes = readBase64(value, what);
  if (bytes.length !== 32) throw new TriremeError("INVALID_ENCODING", `expected ${what} to be 32 bytes, got ${bytes.length}`);
  return pubkeyFromBytes(bytes);
}

function readBase64(value: JsonValue | undefined, what: string): Uint8Array {
  const text = readString(value, what);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new TriremeError("INVALID_ENCODING", `expected ${what} to be base64, got ${JSON.stringify(text.slice(0, 60))}`);
  }
  return Uint8Array.from(Buffer.from(text, "base64"));
}

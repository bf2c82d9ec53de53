/** A `StateReader` over anything that has the entries of the flat key space. */
import { decodeAccountRecord, encodeAccountRecord } from "./account-encoding.ts";
import {
  accountFlatKey,
  codeFlatKey,
  flatKeyFromBytes,
  generationFlatKey,
  generationFromValue,
  generationValue,
  pageFlatKey,
  slotFlatKey,
  slotValueFromWord,
  wordFromSlotValue,
  type FlatKey,
} from "./flat-key.ts";
import type { StateReader } from "./state-reader.ts";

/** Reads one flat entry. */
export type FlatGet = (key: Uint8Array) => Uint8Array | undefined;

/** Makes a reader. Its methods throw TriremeError `INVALID_ENCODING` on entries that are damaged. */
export function createFlatReader(get: FlatGet): StateReader {
  return {
    getFlat: get,
    getAccount(address) {
      const value = get(accountFlatKey(address));
      return value === undefined ? undefined : decodeAccountRecord(value);
    },
    getNextGeneration(address) {
      const value = get(generationFlatKey(address));
      return value === undefined ? 0 : generationFromValue(value);
    },
    getSlot(address, generation, key) {
      const value = get(slotFlatKey(address, generation, key));
      return value === undefined ? undefined : wordFromSlotValue(value);
    },
    getCode(codeHash) {
      return get(codeFlatKey(codeHash));
    },
    getDataPage(address, index) {
      return get(pageFlatKey(address, index));
    },
  };
}

/** The flat key space behind a reader: its own, or put together from the parts that it gives. */
export function flatGetOf(reader: StateReader): FlatGet {
  return reader.getFlat ?? ((key) => flatValue(reader, flatKeyFromBytes(key)));
}

function flatValue(reader: StateReader, key: FlatKey): Uint8Array | undefined {
  switch (key.kind) {
    case "account": {
      const account = reader.getAccount(key.address);
      return account === undefined ? undefined : encodeAccountRecord(account);
    }
    case "slot": {
      const word = reader.getSlot(key.address, key.generation, key.key);
      return word === undefined ? undefined : slotValueFromWord(word);
    }
    case "code":
      return reader.getCode(key.codeHash);
    case "page":
      return reader.getDataPage(key.address, key.index);
    case "generation":
    default: {
      const generation = reader.getNextGeneration(key.address);
      return generation === 0 ? undefined : generationValue(generation);
    }
  }
}

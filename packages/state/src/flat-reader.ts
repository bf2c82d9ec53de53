/** A `StateReader` over anything that has the entries of the flat key space. */
import { decodeAccountRecord } from "./account-encoding.ts";
import {
  accountFlatKey,
  codeFlatKey,
  generationFlatKey,
  generationFromValue,
  pageFlatKey,
  slotFlatKey,
  wordFromSlotValue,
} from "./flat-key.ts";
import type { StateReader } from "./state-reader.ts";

/** Reads one flat entry. */
export type FlatGet = (key: Uint8Array) => Uint8Array | undefined;

/** Makes a reader. Its methods throw TriremeError `INVALID_ENCODING` on entries that are damaged. */
export function createFlatReader(get: FlatGet): StateReader {
  return {
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

/** The flat key space behind a `StateReader`. */
import { encodeAccountRecord, flatKeyFromBytes, generationValue, slotValueFromWord, type FlatGet, type StateReader } from "@trireme/state";

/** Reads by flat key what a reader gives by its parts. */
export function flatGetOf(reader: StateReader): FlatGet {
  return (bytes) => {
    const key = flatKeyFromBytes(bytes);
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
  };
}

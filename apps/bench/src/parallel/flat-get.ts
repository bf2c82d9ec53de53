/** The flat key space behind a `StateReader`, as a chain gives it to a pool. */
import { encodeAccountRecord, flatKeyFromBytes, generationValue, slotValueFromWord, type FlatGet, type StateReader } from "@trireme/state";

/** Reads by flat key. */
export function flatGetOf(reader: StateReader): FlatGet {
  return (bytes) => {
    const key = flatKeyFromBytes(bytes);
    if (key.kind === "account") {
      const account = reader.getAccount(key.address);
      return account === undefined ? undefined : encodeAccountRecord(account);
    }
    if (key.kind === "slot") {
      const word = reader.getSlot(key.address, key.generation, key.key);
      return word === undefined ? undefined : slotValueFromWord(word);
    }
    if (key.kind === "code") return reader.getCode(key.codeHash);
    if (key.kind === "page") return reader.getDataPage(key.address, key.index);
    const generation = reader.getNextGeneration(key.address);
    return generation === 0 ? undefined : generationValue(generation);
  };
}

/** Storage, transient storage and logs: kept by success, undone by everything else. */
import { outputOf } from "@trireme/core";
import { suiteAddresses, word, type SuiteCase } from "./suite-world.ts";

const { first, second } = suiteAddresses;
const key = word(5n);
const value = word(0x1234_5678n);
const topic = word(0xfeedn);

export const stateCases: readonly SuiteCase[] = [
  {
    title: "writes its own storage",
    needs: ["store"],
    play({ install, run, expect, host }, programs) {
      expect(run(install(first, programs.store(key, value))).kind).toBe("success");
      expect(host.getStorage(first, key)).toEqual(value);
      expect(host.getStorage(second, key)).toEqual(word(0n));
    },
  },
  {
    title: "reads its own storage, zeros where nothing was written",
    needs: ["load"],
    play({ install, run, expect, host }, programs) {
      install(first, programs.load(key));
      expect(outputOf(run(first))).toEqual(word(0n));
      host.setStorage(first, key, value);
      host.setStorage(second, key, word(9n));
      expect(outputOf(run(first))).toEqual(value);
    },
  },
  {
    title: "leaves no write when it reverts",
    needs: ["storeAndRevert"],
    play({ install, run, expect, host }, programs) {
      expect(run(install(first, programs.storeAndRevert(key, value))).kind).toBe("revert");
      expect(host.getStorage(first, key)).toEqual(word(0n));
    },
  },
  {
    title: "keeps transient storage for the transaction, and no longer",
    needs: ["storeTransient", "loadTransient"],
    play({ install, run, expect, nextTransaction }, programs) {
      expect(run(install(first, programs.storeTransient(key, value))).kind).toBe("success");
      install(first, programs.loadTransient(key));
      expect(outputOf(run(first))).toEqual(value);
      nextTransaction();
      expect(outputOf(run(first))).toEqual(word(0n));
    },
  },
  {
    title: "emits a log with its address, topic and data",
    needs: ["log"],
    play({ install, run, expect, logs }, programs) {
      const data = Uint8Array.of(1, 2, 3);
      expect(run(install(first, programs.log(topic, data))).kind).toBe("success");
      expect(logs()).toEqual([{ address: first, topics: [topic], data }]);
    },
  },
  {
    title: "leaves no log when it reverts",
    needs: ["logAndRevert"],
    play({ install, run, expect, logs }, programs) {
      expect(run(install(first, programs.logAndRevert(topic, value))).kind).toBe("revert");
      expect(logs()).toEqual([]);
    },
  },
  {
    title: "does not write in a static frame",
    needs: ["store"],
    play({ install, run, expect, host, staticEnds }, programs) {
      expect(run(install(first, programs.store(key, value)), { isStatic: true }).kind).toBe(staticEnds.write);
      expect(host.getStorage(first, key)).toEqual(word(0n));
    },
  },
  {
    title: "does not log in a static frame",
    needs: ["log"],
    play({ install, run, expect, logs, staticEnds }, programs) {
      expect(run(install(first, programs.log(topic, value)), { isStatic: true }).kind).toBe(staticEnds.write);
      expect(logs()).toEqual([]);
    },
  },
  {
    title: "does not write transient storage in a static frame",
    needs: ["storeTransient"],
    play({ install, run, expect, host, staticEnds }, programs) {
      expect(run(install(first, programs.storeTransient(key, value)), { isStatic: true }).kind).toBe(staticEnds.write);
      expect(host.getTransientStorage(first, key)).toEqual(word(0n));
    },
  },
];

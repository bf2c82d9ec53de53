import { createFlatReader, createJournal } from "@trireme/state";
import { createToyKit, environmentSuite, testBlock, testTransaction } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { createHost } from "./create-host.ts";

const nothing = createFlatReader(() => undefined);

environmentSuite({
  name: "toy on the real host",
  kit: createToyKit(),
  runner: { describe, it, expect },
  createHost(options) {
    const journal = createJournal(nothing);
    journal.beginTransaction();
    return {
      host: createHost({ ...options, journal, block: testBlock, transaction: testTransaction }),
      logs: () => journal.logs,
      nextTransaction() {
        journal.endTransaction();
        journal.beginTransaction();
      },
    };
  },
});

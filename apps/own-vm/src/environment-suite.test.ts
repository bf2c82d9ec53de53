import { createHost } from "@trireme/host";
import { createFlatReader, createJournal } from "@trireme/state";
import { createModelHost, environmentSuite, testBlock, testTransaction } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { ownVmKit } from "./kit.ts";

const runner = { describe, it, expect };

environmentSuite({
  name: "Own VM on the model host",
  kit: ownVmKit,
  runner,
  createHost(options) {
    const host = createModelHost(options);
    return {
      host,
      logs: () => host.logs,
      nextTransaction() {
        host.endTransaction();
        host.beginTransaction();
      },
    };
  },
});

environmentSuite({
  name: "Own VM on the real host",
  kit: ownVmKit,
  runner,
  createHost(options) {
    const journal = createJournal(createFlatReader(() => undefined));
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

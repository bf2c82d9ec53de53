import { createEvmKit, createModelHost, environmentSuite } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { evm } from "./test/machine.ts";

environmentSuite({
  name: "EVM on the model host",
  // One EVM for all cases, as a node has one.
  kit: createEvmKit(() => evm),
  runner: { describe, it, expect },
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

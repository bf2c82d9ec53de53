import { createModelHost, environmentSuite } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { ownVmKit } from "./kit.ts";

environmentSuite({
  name: "Own VM on the model host",
  kit: ownVmKit,
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

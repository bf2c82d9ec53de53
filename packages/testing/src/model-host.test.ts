import { describe, expect, it } from "vitest";
import { createModelHost } from "./model-host.ts";
import { environmentSuite } from "./suite/environment-suite.ts";
import { createToyKit } from "./toy-kit.ts";

environmentSuite({
  name: "toy on the model host",
  kit: createToyKit(),
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

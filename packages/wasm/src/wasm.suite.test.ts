import { createModelHost, createWasmKit, environmentSuite } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { createWasm } from "./environment.ts";
import { bytesFromWat } from "./test/wat.ts";

// Before ArbOS 60 a program costs the same each time; one environment for all cases, as a node has one.
const environment = createWasm({ parameters: { arbosVersion: 51 } });

environmentSuite({
  name: "WASM on the model host",
  kit: createWasmKit({ createEnvironment: () => environment, bytesFromWat }),
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

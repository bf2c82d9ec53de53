import { toAddress, type Host } from "@trireme/core";
import { createModelHost, createSvmKit, environmentSuite, testBlock } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { assemble } from "./asm/assemble.ts";
import { writeElf } from "./asm/write-elf.ts";
import { createSvm } from "./environment.ts";
import { installPrograms } from "./programs/install-programs.ts";
import { createSyscallTable, runtimeSyscalls } from "./syscalls/syscall-table.ts";

const syscalls = createSyscallTable(runtimeSyscalls);
// One environment for all cases, as a node has one.
const environment = createSvm();

environmentSuite({
  name: "SVM on the model host",
  kit: createSvmKit({
    createEnvironment: () => environment,
    elfFromAssembly: (source) => writeElf(assemble(source)),
    install(host, id, elf) {
      host.removeSvmRecord(toAddress(id));
      // Of an earlier block: what is deployed in this one does not run yet (rule 16).
      const genesis = Object.create(host, { block: { value: { ...testBlock, number: 0n } } }) as Host;
      installPrograms(genesis, [{ id, elf, loader: 2 }], { syscalls });
    },
  }),
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

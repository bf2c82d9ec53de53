import { zeroAddress, type Host } from "@trireme/core";
import { createModelHost, testBlock } from "@trireme/testing";
import { expect, it } from "vitest";
import { assemble } from "./asm/assemble.ts";
import { writeElf } from "./asm/write-elf.ts";
import { svm } from "./svm.ts";
import { testSigner } from "./transaction/signed-message.mts";

it("is made again from its source by another thread, with its programs", async () => {
  const id = testSigner(3).pubkey;
  const options = { engine: "interpreter", programs: [{ id, elf: writeElf(assemble("mov64 r0, 7\nexit")), loader: 2 }] } as const;
  const { source, formats } = svm(options);
  const { module, name, options: carried } = structuredClone(source) as NonNullable<typeof source>;
  const made = (await import(module)) as Record<string, typeof svm>;
  const descriptor = made[name]?.(carried as typeof options);
  expect([descriptor?.id, formats?.map((format) => format.id)]).toEqual(["svm", ["solana"]]);
  const environment = descriptor?.create();
  const host = createModelHost({ environments: environment === undefined ? [] : [environment] });
  environment?.writeGenesis?.(Object.create(host, { block: { value: { ...testBlock, number: 0n } } }) as Host);
  const message = { kind: "instruction", program: id, accounts: [], data: new Uint8Array(0), gas: 10n, depth: 0, isStatic: false } as const;
  expect(host.call({ ...message, sender: zeroAddress, stackHeight: 2 })).toMatchObject({
    kind: "revert",
    gasLeft: 8n,
    error: '{"Custom":7}',
  });
});

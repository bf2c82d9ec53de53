// Outcomes that are taken while a block runs.
import { createFlatReader } from "@trireme/state";
import { expect, it } from "vitest";
import { BlockMemory, createBlockMemory } from "../memory/block-memory.ts";
import { blockState, field, header } from "../memory/layout.ts";
import { createOutcomeCollector } from "./collect-outcomes.ts";

it("leaves no thread in a block whose outcomes cannot be read: it gives the memory up, and waits for them", async () => {
  const memory = new BlockMemory(createBlockMemory({ transactions: 2, bytes: 1 << 16 }));
  const damaged = Uint8Array.of(255, 255, 255);
  memory.words[memory.at(0) + field.outcome] = memory.keepBytes(damaged);
  memory.words[memory.at(0) + field.outcomeLength] = damaged.length;
  memory.words[header.committed] = 1;
  const base = createFlatReader(() => undefined);
  let leave: () => void = () => undefined;
  let hasLeft = false;
  const threads = new Promise<void>((resolve) => (leave = resolve)).then(() => (hasLeft = true));
  const collected = createOutcomeCollector(memory, base).until(threads);
  const outcome = collected.then(
    () => "taken",
    () => `refused, threads have left: ${hasLeft}`,
  );
  while (memory.state !== blockState.broken) await new Promise((resolve) => setTimeout(resolve, 1));
  leave();
  expect(await outcome).toBe("refused, threads have left: true");
});

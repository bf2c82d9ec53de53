/**
 * A process to be killed: `crash-child.mts <mode> <directory>`. It waits for a line on stdin, opens the database and says
 * on stdout what it was told is durable: `opened`, `ack <block>`, `flushing`, `rewinding <from> <to>`, `rewound`.
 */
import { readSync, writeSync } from "node:fs";
import { isTriremeError } from "@trireme/core";
import { openDurableDatabase, type DurableDatabase } from "./durable-database.ts";
import { countingBlock } from "./sample-block.mts";

const [mode, directory] = process.argv.slice(2) as ["append" | "flush" | "rewind", string];
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const append = async (database: DurableDatabase, width: number): Promise<void> => {
  const block = countingBlock(database, String(process.pid), width);
  await database.append(block);
  say(`ack ${block.number}`);
};

say("ready");
readSync(0, new Uint8Array(1));
try {
  const database = await openDurableDatabase({
    directory,
    flushEveryBlocks: mode === "append" ? 3 : 1_000_000,
    segmentBytes: 20_000,
    cachedBlocks: 4,
  });
  say("opened");
  if (mode === "append") {
    for (;;) await Promise.all(Array.from({ length: 1 + Math.floor(Math.random() * 4) }, () => append(database, 3)));
  }
  for (let count = 0; count < 6; count++) await append(database, mode === "flush" ? 1_500 : 3);
  if (mode === "flush") {
    say("flushing");
    await database.flush();
    say("flushed");
  } else {
    const head = database.head ?? 0n;
    const target = head - 1n - BigInt(Math.floor(Math.random() * 4));
    say(`rewinding ${head} ${target}`);
    await database.rewind(target);
    say("rewound");
  }
  // Stays until it is killed.
  setInterval(() => {}, 1_000);
} catch (error) {
  say(isTriremeError(error) ? `error ${error.code} ${error.message}` : `error ${String(error)}`);
}

/** How the story is printed. */
import type { Settled } from "./clients.ts";

/** Tells what happens while it happens. */
export interface Narrator {
  /** Begins a numbered part. */
  chapter(title: string): void;
  /** A transaction that stands in a block. */
  step(what: string, settled: Settled): void;
  line(text: string): void;
}

/** Tells it line by line. */
export function createNarrator(print: (line: string) => void): Narrator {
  let chapters = 0;
  const line = (text: string) => print(`  ${text}`);
  return {
    chapter: (title) => print(`${++chapters}. ${title}`),
    step(what, { id, block, used }) {
      const unit = id.startsWith("0x") ? "gas  " : "units";
      line(`block ${String(block).padStart(3)}  ${what.padEnd(38)} ${String(used).padStart(7)} ${unit}  ${id}`);
    },
    line,
  };
}

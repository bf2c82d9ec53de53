/** The words after `npm start --`. */
import { failingVms, type FailingVm } from "./swap.ts";

/** What was asked for. */
export interface Options {
  /** End when the story is told. */
  readonly isOnce: boolean;
  readonly failAt: FailingVm | undefined;
  readonly isHelp: boolean;
  /** All others: `trireme dev`'s. */
  readonly nodeOptions: readonly string[];
}

/** What `npm start -- --help` prints. */
export const usage = `npm start [-- <options>]
  --once             end when the story is told
  --fail-at <vm>     the swap fails in one of ${failingVms.join(", ")}, and nothing is left of it but the fee
  --port 0           and other options of the node: npx pnpm trireme dev --help`;

/** @throws Error when `--fail-at` names no VM of the story */
export function readOptions(words: readonly string[]): Options {
  const given = words.filter((word) => word !== "--").flatMap((word) => (word.startsWith("--fail-at=") ? word.split("=") : [word]));
  const place = given.indexOf("--fail-at");
  const name = place === -1 ? undefined : given[place + 1];
  const failAt = failingVms.find((vm) => vm === name);
  if (place !== -1 && failAt === undefined) throw new Error(`expected --fail-at ${failingVms.join(", ")}, got ${name ?? "nothing"}`);
  return {
    isOnce: given.includes("--once"),
    failAt,
    isHelp: given.some((word) => word === "--help" || word === "-h"),
    nodeOptions: given.filter((word, index) => word !== "--once" && (place === -1 || (index !== place && index !== place + 1))),
  };
}

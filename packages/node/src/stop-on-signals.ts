/** Ends a node on SIGINT or SIGTERM, in order: no new requests, what is pending becomes durable, the directory is free. */
import type { RunningNode } from "./start-node.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves when the node has stopped, by a signal or because it failed. A second signal ends the process at once. */
export async function stopOnSignals(node: RunningNode): Promise<void> {
  let onSignal: (() => void) | undefined;
  const signalled = new Promise<void>((resolve) => {
    onSignal = resolve;
    for (const signal of SIGNALS) process.once(signal, resolve);
  });
  await Promise.race([signalled, node.stopped]);
  for (const signal of SIGNALS) {
    if (onSignal !== undefined) process.removeListener(signal, onSignal);
    process.once(signal, () => process.exit(1));
  }
  await node.close();
  for (const signal of SIGNALS) process.removeAllListeners(signal);
}

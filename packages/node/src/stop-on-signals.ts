/** Ends a node on SIGINT or SIGTERM, in order: no new requests, what is pending becomes durable, the directory is free. */
import type { RunningNode } from "./start-node.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves when the node has stopped, by a signal or because it failed. A second signal ends the process at once. */
export async function stopOnSignals(node: RunningNode): Promise<void> {
  let onSignal: () => void = () => undefined;
  const signalled = new Promise<void>((resolve) => {
    onSignal = resolve;
  });
  const endAtOnce = (): never => process.exit(1);
  for (const signal of SIGNALS) process.once(signal, onSignal);
  await Promise.race([signalled, node.stopped]);
  for (const signal of SIGNALS) process.removeListener(signal, onSignal).once(signal, endAtOnce);
  await node.close();
  // Only our own: whoever embeds a node may listen too.
  for (const signal of SIGNALS) process.removeListener(signal, endAtOnce);
}

/** Starts `trireme dev` as a process of its own and waits for its announcement. */
import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** What `trireme dev --json` prints first. */
export interface DevAnnouncement {
  readonly http: string;
  readonly ws: string;
  /** Solana's endpoints. */
  readonly solana: { readonly http: string; readonly ws: string } | null;
  readonly chainId: number;
  readonly accounts: readonly {
    readonly kind: "evm" | "solana";
    readonly address: string;
    readonly pubkey: string;
    readonly secret: string;
  }[];
}

/** A running node. */
export interface DevNode {
  readonly announcement: DevAnnouncement;
  readonly process: ChildProcess;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

/** Runs the command line of this workspace from its sources. @throws Error with what the node said when it does not come up. */
export async function startDevNode(options: readonly string[]): Promise<DevNode> {
  const main = join(dirname(createRequire(import.meta.url).resolve("@trireme/cli/package.json")), "src/main.ts");
  const node = spawn(process.execPath, ["--conditions=source", "--import", "tsx/esm", main, "dev", "--json", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => node.once("exit", resolve));
  let complaint = "";
  node.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });
  const lines = createInterface({ input: node.stdout });
  const first = new Promise<string>((resolve) => lines.once("line", resolve));
  const line = await Promise.race([
    first,
    exited.then((code) => Promise.reject(new Error(`the node ended with ${code}: ${complaint.trim()}`))),
  ]);
  // What the node prints later is its own affair, but its pipe must not fill up.
  lines.on("line", () => undefined);
  return {
    announcement: JSON.parse(line) as DevAnnouncement,
    process: node,
    async stop() {
      node.kill("SIGTERM");
      await exited;
    },
  };
}

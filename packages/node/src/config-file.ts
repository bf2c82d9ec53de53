/** `trireme.config.ts`: the chain and the node of a project, as code. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { TriremeError } from "@trireme/core";
import type { ChainDefinition } from "@trireme/chain";

/** What a configuration file exports. Command-line options win over it. */
export interface TriremeConfig {
  /** The chain; the development chain where it is left out. */
  readonly chain?: ChainDefinition;
  readonly host?: string;
  readonly port?: number;
  /** Solana's HTTP port; its WebSocket is on the next one. */
  readonly solanaPort?: number;
  readonly dataDirectory?: string;
  /** Origins that browsers may call from, besides local ones. */
  readonly corsOrigins?: readonly string[];
  /** Host names that requests may be addressed to, besides local ones. */
  readonly allowedHosts?: readonly string[];
}

const EXTENSIONS = ["ts", "mts", "js", "mjs"];

const schema = z.strictObject({
  chain: z
    .custom<ChainDefinition>(
      (value) => typeof value === "object" && value !== null && "environments" in value,
      "expected what defineChain returns",
    )
    .optional(),
  host: z.string().min(1).optional(),
  port: z.int().min(0).max(65535).optional(),
  solanaPort: z.int().min(0).max(65534).optional(),
  dataDirectory: z.string().min(1).optional(),
  corsOrigins: z.array(z.string()).optional(),
  allowedHosts: z.array(z.string()).optional(),
});

/** Types a configuration file: `export default defineConfig({ ... })`. */
export function defineConfig(config: TriremeConfig): TriremeConfig {
  return config;
}

/**
 * Loads `path`, or `trireme.config.{ts,mts,js,mjs}` of `folder`; an empty configuration where there is none.
 * @throws TriremeError `INVALID_CONFIGURATION` when a named file is missing, does not load, or has a wrong field.
 */
export async function loadConfigFile(folder: string, path?: string): Promise<TriremeConfig> {
  const found =
    path === undefined
      ? EXTENSIONS.map((extension) => join(folder, `trireme.config.${extension}`)).find((file) => existsSync(file))
      : resolve(folder, path);
  if (found === undefined) return {};
  if (!existsSync(found)) throw new TriremeError("INVALID_CONFIGURATION", `expected a configuration file at ${found}, there is none`);
  let loaded: unknown;
  try {
    // Loaded only when there is a file: it takes longer than the rest of the start.
    const { loadConfig } = await import("c12");
    loaded = (await loadConfig({ cwd: folder, configFile: found, rcFile: false, globalRc: false, packageJson: false, dotenv: false }))
      .config;
  } catch (cause) {
    throw new TriremeError("INVALID_CONFIGURATION", `${found} does not load: ${(cause as Error).message.split("\n")[0]}`, { cause });
  }
  const parsed = schema.safeParse(loaded);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TriremeError(
      "INVALID_CONFIGURATION",
      `${found}: ${issue?.path.join(".") || "default export"}: ${issue?.message ?? "is not a configuration"}`,
    );
  }
  return parsed.data as TriremeConfig;
}

/** Solana's standard programs, as data for `svm({ programs })` and for whoever looks at them. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pubkeyFromBase58, TriremeError, type Pubkey } from "@trireme/core";

/** A program to install in genesis. Plain data: it survives a structured clone. */
export interface SplProgram {
  /** As people know it: "SPL Token". */
  readonly name: string;
  readonly id: Pubkey;
  readonly elf: Uint8Array;
  /** Solana's loader: 1 without padding in the input, 2 immutable, 3 with an account for the ELF. */
  readonly loader: 1 | 2 | 3;
  /** SPDX name; the text stands beside the ELFs. */
  readonly licence: string;
  /** Where its source is. */
  readonly source: string;
}

// The module stands in src or in dist.
const directory = new URL("../dist/elf/", import.meta.url);
const manifest = new URL("manifest.json", directory);
/** Part of the workspace, not of the published package. */
const buildScript = new URL("../scripts/build-elfs.mjs", import.meta.url);

/**
 * SPL Token (p-token), Token-2022, Associated Token Account, Memo, Memo v1 and Address Lookup Table, byte for byte as on
 * mainnet. In the workspace, the first call builds what is missing.
 * @throws TriremeError `INVALID_CONFIGURATION` when the package was built without them.
 */
export function splPrograms(): readonly SplProgram[] {
  if (!existsSync(manifest)) build();
  return readManifest().map(({ name, id, loader, file, licence, source }) => ({
    name,
    id: pubkeyFromBase58(id),
    elf: Uint8Array.from(readFileSync(new URL(file, directory))),
    loader,
    licence,
    source,
  }));
}

interface ManifestEntry extends Omit<SplProgram, "id" | "elf"> {
  /** base58. */
  readonly id: string;
  readonly file: string;
}

/** Written by this package's own build. */
function readManifest(): readonly ManifestEntry[] {
  return JSON.parse(readFileSync(manifest, "utf8")) as readonly ManifestEntry[];
}

function build(): void {
  if (!existsSync(buildScript)) {
    throw new TriremeError("INVALID_CONFIGURATION", `expected the programs in ${fileURLToPath(directory)}, got a package without them`);
  }
  execFileSync(process.execPath, [fileURLToPath(buildScript)], { stdio: ["ignore", "ignore", "inherit"] });
}

/** The file that says what a data directory is: format version, and the chain that it belongs to. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { bytesToHex, equalBytes, hexToBytes, TriremeError, type Hash } from "@trireme/core";
import type { DatabaseIdentity } from "../database.ts";
import { databaseFormat } from "./log-frame.ts";
import { listSegments, syncDirectory } from "./log-files.ts";

/**
 * Checks the manifest of `directory`, or writes the first one; stores `identity` when none is stored yet. Returns the stored one.
 * @throws TriremeError `DATABASE_FORMAT` | `GENESIS_MISMATCH` | `DATABASE_CORRUPT`
 */
export function checkManifest(directory: string, identity: DatabaseIdentity | undefined): DatabaseIdentity | undefined {
  const path = join(directory, "manifest");
  if (!existsSync(path)) {
    if (listSegments(directory).length > 0) throw damaged(path, "it is missing beside a block log");
    writeManifest(directory, path, identity);
    return identity;
  }
  const stored = readManifest(path);
  if (identity === undefined) return stored;
  if (stored === undefined) {
    writeManifest(directory, path, identity);
    return identity;
  }
  if (stored.chainId === identity.chainId && equalBytes(stored.genesisHash, identity.genesisHash)) return stored;
  throw new TriremeError(
    "GENESIS_MISMATCH",
    `${directory} belongs to chain ${stored.chainId} with genesis ${bytesToHex(stored.genesisHash)}, this is chain ${identity.chainId} with genesis ${bytesToHex(identity.genesisHash)}`,
    { details: { directory, stored, expected: identity } },
  );
}

/** Three lines: format, identity or `-`, CRC-32 of the lines before. */
function writeManifest(directory: string, path: string, identity: DatabaseIdentity | undefined): void {
  const lines = `trireme data directory, format ${databaseFormat}\n${identity === undefined ? "-" : `chain ${identity.chainId} genesis ${bytesToHex(identity.genesisHash)}`}\n`;
  const descriptor = openSync(`${path}.new`, "w");
  try {
    writeSync(descriptor, `${lines}${checksum(lines)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${path}.new`, path);
  syncDirectory(directory);
}

function readManifest(path: string): DatabaseIdentity | undefined {
  const content = readFileSync(path, "latin1");
  const [, lines, format, chain, genesis, sum] =
    /^(trireme data directory, format (\d+)\n(?:-|chain (\d+) genesis (0x[0-9a-f]{64}))\n)([0-9a-f]{8})\n$/.exec(content) ?? [];
  if (lines === undefined || sum !== checksum(lines)) throw damaged(path, "its checksum does not match");
  if (Number(format) !== databaseFormat) {
    throw new TriremeError("DATABASE_FORMAT", `${path} says format ${format}, this version reads format ${databaseFormat}`, {
      details: { found: Number(format), expected: databaseFormat },
    });
  }
  return chain === undefined || genesis === undefined
    ? undefined
    : { chainId: BigInt(chain), genesisHash: hexToBytes(genesis, 32) as Hash };
}

function checksum(lines: string): string {
  return crc32(lines).toString(16).padStart(8, "0");
}

function damaged(path: string, reason: string): TriremeError {
  return new TriremeError("DATABASE_CORRUPT", `${path} is damaged: ${reason}`, { details: { file: path } });
}

/** Where the conformance vectors are. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Directory of the vectors, or of a part of them such as `evm/state-tests`: the environment variable
 * TRIREME_CONFORMANCE, else `../shared/conformance` beside the repository. Undefined when it is not there; say
 * `SKIPPED <what>` then.
 */
export function conformanceDirectory(part = ""): string | undefined {
  const root = process.env["TRIREME_CONFORMANCE"] ?? fileURLToPath(new URL("../../../../shared/conformance", import.meta.url));
  const directory = resolve(join(root, part));
  return existsSync(directory) ? directory : undefined;
}

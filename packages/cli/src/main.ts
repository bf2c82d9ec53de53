#!/usr/bin/env node
/** The `trireme` command. */
import { runCommandLine } from "./command-line.ts";

// Who reads the output may go away (`trireme dev | head -1`): that is no reason for a chain to stop.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

process.exitCode = Math.max(await runCommandLine(process.argv.slice(2)), Number(process.exitCode ?? 0));

#!/usr/bin/env node
/** The `trireme` command. */
import { runCommandLine } from "./command-line.ts";

process.exitCode = Math.max(await runCommandLine(process.argv.slice(2)), Number(process.exitCode ?? 0));

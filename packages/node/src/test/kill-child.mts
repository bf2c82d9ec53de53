// A node on the directory in argv, to be killed: begins when a byte comes on stdin, prints its URL when it answers.
import { readSync } from "node:fs";
import { deriveDevAccounts } from "../dev-accounts.ts";
import { defineDevChain } from "../dev-chain.ts";
import { startNode } from "../start-node.ts";

// The end of stdin: the test is over.
if (readSync(0, new Uint8Array(1)) === 0) process.exit();
const accounts = deriveDevAccounts(undefined, 3);
const node = await startNode({ chain: defineDevChain({ accounts }), accounts, dataDirectory: process.argv[2], port: 0, logLevel: "error" });
console.log(node.http);

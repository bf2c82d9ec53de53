// A node on the directory in argv, to be killed: prints its URL when it answers.
import { deriveDevAccounts } from "../dev-accounts.ts";
import { defineDevChain } from "../dev-chain.ts";
import { startNode } from "../start-node.ts";

const accounts = deriveDevAccounts(undefined, 3);
const node = await startNode({ chain: defineDevChain({ accounts }), accounts, dataDirectory: process.argv[2], port: 0, logLevel: "error" });
console.log(node.http);

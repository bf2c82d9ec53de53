/** `npm start`: the story on a node of its own. */
import { defineDevChain, deriveDevAccounts, startNode } from "@trireme/node";
import { createClients } from "./clients.ts";
import { playStory } from "./story.ts";

const accounts = deriveDevAccounts(undefined, 2);
const node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, logLevel: "silent" });
try {
  await playStory(await createClients(node, accounts), (line) => console.log(line));
} finally {
  await node.close();
}

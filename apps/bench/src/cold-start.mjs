// A process that imports the built packages and runs the given transactions, each on a new chain.
import { createChain } from "@trireme/chain";
import { hexToBytes } from "@trireme/core";
import { defineDevChain, deriveDevAccounts } from "@trireme/node";

const definition = defineDevChain({ accounts: deriveDevAccounts(undefined, 2) });
for (const raw of process.argv.slice(2)) {
  const chain = await createChain(definition);
  const submitted = await chain.submit(hexToBytes(raw));
  if (submitted.kind !== "accepted" || (await chain.getReceipt(submitted.hash))?.succeeded !== true) process.exit(1);
  await chain.close();
}

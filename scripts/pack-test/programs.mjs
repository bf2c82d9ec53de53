// Solana's standard programs, from the published packages, in the genesis of a chain.
import { createChain, defineChain } from "@trireme/chain";
import { evm } from "@trireme/evm";
import { missingPrograms, svm } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";

const programs = splPrograms();
const missing = missingPrograms(programs);
if (missing.length > 0) throw new Error(`the package lacks ${missing.map(({ name }) => name).join(", ")}`);
const chain = await createChain(defineChain({ chainId: 7n, environments: [evm(), svm({ programs })] }));
console.log(`${programs.length} in block ${chain.head.header.number}`);
await chain.close();

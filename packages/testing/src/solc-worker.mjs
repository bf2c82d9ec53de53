// solc installs process-wide rejection handlers that rethrow: it runs in a worker of its own and only there.
import { parentPort, workerData } from "node:worker_threads";
import solc from "solc";

const output = JSON.parse(
  solc.compile(
    JSON.stringify({
      language: "Solidity",
      sources: Object.fromEntries(Object.entries(workerData.sources).map(([name, content]) => [name, { content }])),
      settings: {
        evmVersion: "prague",
        optimizer: { enabled: true, runs: 200 },
        outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
      },
    }),
  ),
);
parentPort.postMessage(output);

/** Environments of the chain that is soaked, for its threads too: one of them says how large its thread's heap is. */
import { isMainThread, workerData } from "node:worker_threads";
import { toAddress, weiPerLamport, type EnvironmentDescriptor, type Host } from "@trireme/core";
import { minimumBalance } from "@trireme/svm";
import { answerOn, type HeapBoard } from "./soak-memory.ts";
import { tokenAccounts } from "./soak-transactions.ts";

/** Runs nothing; writes the token accounts into genesis and answers for its thread. */
export function probe(board: HeapBoard): EnvironmentDescriptor {
  return {
    id: "probe",
    create: () => {
      const worker = isMainThread ? undefined : (workerData as { readonly worker?: number } | null)?.worker;
      if (worker !== undefined) answerOn(board, worker);
      return {
        id: "probe",
        claims: { kind: "prefix", prefix: Uint8Array.of(0xef, 0xe7, 0x50) },
        execute: () => ({ kind: "halt", reason: "invalidCode" }),
        writeGenesis,
      };
    },
    source: { module: import.meta.url, name: "probe", options: board },
  };
}

function writeGenesis(host: Host): void {
  for (const { key, owner, data } of tokenAccounts()) {
    const address = toAddress(key);
    host.setBalance(address, minimumBalance(data.length) * weiPerLamport);
    host.setSvmRecord(address, { pubkey: key, owner, executable: false, dataLength: data.length });
    host.writeAccountData(address, 0, data);
  }
}

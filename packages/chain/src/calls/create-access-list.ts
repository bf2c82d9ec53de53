/** The access list (EIP-2930) with which a call finds everything warm. */
import { addressToHex, bytesToHex, type Address, type ExecutionResult, type TransactionError } from "@trireme/core";
import { precompileAddresses, type AccessListEntry } from "@trireme/ethereum";
import type { Journal } from "@trireme/state";
import { senderOf } from "./call-transaction.ts";
import { simulate, type CallGround, type CallPlan } from "./simulate.ts";

/** The list, and how the call ends with it. */
export type AccessListOutcome =
  | { readonly kind: "listed"; readonly accessList: readonly AccessListEntry[]; readonly gasUsed: bigint; readonly result: ExecutionResult }
  | { readonly kind: "invalid"; readonly error: TransactionError };

/** A contract may go another way with every list, for gas is observable: after so many runs the last list stands. */
const maxRounds = 16;

/** Runs the call with the list that the run before found, until it finds no more. */
export function createAccessList(plan: CallPlan, ground: CallGround): AccessListOutcome {
  let accessList: readonly AccessListEntry[] = plan.request.accessList ?? [];
  for (let round = 1; ; round++) {
    const accesses: Accesses = new Map();
    const attempt = { ...plan, request: { ...plan.request, accessList } };
    const outcome = simulate(attempt, ground, { record: (journal) => recording(journal, accesses) });
    if (outcome.kind === "invalid") return outcome;
    const found = listOf(accesses, plan, ground.executor.warmAddresses);
    if (size(found) <= size(accessList) || round === maxRounds)
      return { kind: "listed", accessList, gasUsed: outcome.gasUsed, result: outcome.result };
    accessList = found;
  }
}

type Accesses = Map<string, { readonly address: Address; readonly keys: Map<string, Uint8Array> }>;

/** The journal, telling what is accessed: whatever the environment, every access passes here. */
function recording(journal: Journal, accesses: Accesses): Journal {
  const note = (address: Address): Map<string, Uint8Array> => {
    const name = addressToHex(address);
    let entry = accesses.get(name);
    if (entry === undefined) accesses.set(name, (entry = { address: address.slice() as Address, keys: new Map() }));
    return entry.keys;
  };
  return Object.assign(Object.create(journal) as Journal, {
    accessAccount: (address: Address): boolean => {
      note(address);
      return journal.accessAccount(address);
    },
    accessStorage: (address: Address, key: Uint8Array): boolean => {
      note(address).set(bytesToHex(key), key.slice());
      return journal.accessStorage(address, key);
    },
  });
}

/** Accounts that are warm anyway stand in the list only with slots. */
function listOf(accesses: Accesses, { request, context }: CallPlan, alwaysWarm: readonly Address[]): readonly AccessListEntry[] {
  const precompiles = precompileAddresses(context.hardfork);
  const warm = new Set<string>([senderOf(request), context.coinbase, ...precompiles, ...alwaysWarm].map(addressToHex));
  if (request.to !== undefined) warm.add(addressToHex(request.to));
  return [...accesses]
    .filter(([name, { keys }]) => keys.size > 0 || !warm.has(name))
    .map(([, { address, keys }]) => ({ address, storageKeys: [...keys.values()] }));
}

function size(list: readonly AccessListEntry[]): number {
  return list.reduce((sum, { storageKeys }) => sum + 1 + storageKeys.length, 0);
}

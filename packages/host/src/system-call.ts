/** What the protocol does before and after the transactions of a block: calls (EIP-4788, EIP-2935, EIP-7002, EIP-7251) and hooks. */
import { addressFromBytes, type Address, type BlockHooks, type ExecutionResult } from "@trireme/core";
import type { Journal } from "@trireme/state";
import type { ExecutionHost } from "./execution-host.ts";
import { toHostFault } from "./host-fault.ts";

/** Sender of a system call: 0xff..fe. */
export const systemAddress: Address = addressFromBytes(Uint8Array.from({ length: 20 }, (_, index) => (index === 19 ? 0xfe : 0xff)));

/** Gas of a system call; counts towards no limit. */
export const systemCallGas = 30_000_000n;

/** What the protocol calls. */
export interface SystemCall {
  readonly address: Address;
  readonly input: Uint8Array;
}

/** Runs a system call as a transaction of its own; undefined when there is no code. */
export function runSystemCall(call: SystemCall, host: ExecutionHost, journal: Journal): ExecutionResult | undefined {
  if (journal.getCodeSize(call.address) === 0) return undefined;
  return asTransaction(host, journal, () =>
    host.call({
      kind: "call",
      scheme: "call",
      sender: systemAddress,
      recipient: call.address,
      codeAddress: call.address,
      value: 0n,
      input: call.input,
      gas: systemCallGas,
      depth: 0,
      isStatic: false,
    }),
  );
}

/** Runs what an environment or a format does at the border of a block. */
export function runHook(party: BlockHooks, hook: keyof BlockHooks, host: ExecutionHost, journal: Journal): void {
  asTransaction(host, journal, () => party[hook]?.(host));
}

function asTransaction<T>(host: ExecutionHost, journal: Journal, action: () => T): T {
  host.transaction = { origin: systemAddress, gasPrice: host.block.baseFeePerGas, blobHashes: [] };
  journal.beginTransaction();
  try {
    const result = action();
    journal.endTransaction();
    return result;
  } catch (error) {
    journal.rollbackTransaction();
    throw toHostFault(error);
  }
}

/** The execution path of a node, put together once and used for every case. */
import type { BlockContext, Decoded, Transaction, TransactionFormat } from "@trireme/core";
import { createEthereumFormat, createImpersonatedFormat } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { createHostExecutor, type HostExecutor } from "@trireme/host";

/** Formats and executor. */
export interface Machine {
  readonly executor: HostExecutor;
  /** Decodes bytes of a block. */
  decode(raw: Uint8Array, block: BlockContext): Decoded;
}

/** Makes the machine of an EVM-only node. */
export function createMachine(): Machine {
  const formats: readonly TransactionFormat[] = [
    createEthereumFormat() as TransactionFormat,
    createImpersonatedFormat() as TransactionFormat,
  ];
  const executor = createHostExecutor({ environments: [createEvm()], formats });
  return {
    executor,
    decode(raw, block): Decoded<Transaction> {
      const format = formats.find((candidate) => candidate.recognizes(raw));
      if (format !== undefined) return format.decode(raw, { chainId: block.chainId });
      return { kind: "invalid", error: { code: "unknownFormat", message: `expected a transaction, got first byte ${raw[0] ?? "none"}` } };
    },
  };
}

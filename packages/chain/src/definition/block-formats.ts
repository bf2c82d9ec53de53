/** The dialects in which the transactions of a chain's blocks are written. */
import type { FormatDescriptor, Transaction, TransactionFormat } from "@trireme/core";
import { impersonatedFormatId } from "@trireme/ethereum";
import type { ChainDefinition } from "./chain-definition.ts";
import { impersonated } from "./ethereum-format.ts";

/**
 * The dialects that may stand in a chain's blocks. Impersonated transactions are read and run everywhere, since a
 * development chain's data may be opened without its switches; only those admit new ones.
 */
export function blockFormats({ formats }: ChainDefinition): readonly FormatDescriptor[] {
  return formats.some(({ id }) => id === impersonatedFormatId) ? formats : [...formats, impersonated()];
}

/** Reads transactions that stand in blocks. */
export function blockDecoder(formats: readonly TransactionFormat[], chainId: bigint): (raw: Uint8Array) => Transaction | undefined {
  return (raw) => {
    const decoded = formats.find((format) => format.recognizes(raw))?.decode(raw, { chainId });
    return decoded?.kind === "decoded" ? decoded.transaction : undefined;
  };
}

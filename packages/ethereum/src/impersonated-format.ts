/**
 * Transactions whose sender is given, not signed: impersonation on development chains. They stand in a block in the
 * envelope of other dialects (rule 23), dialect `impersonated`, payload rlp([sender, unsigned transaction bytes]).
 * A chain that does not register this format refuses them.
 */
import {
  addressFromBytes,
  decodeDialectEnvelope,
  encodeDialectEnvelope,
  type Address,
  type Decoded,
  type FormatRules,
  type TransactionFormat,
} from "@trireme/core";
import { checkChainId, decodeWith, transactionOf } from "./decode-transaction.ts";
import { ethereumExecution } from "./ethereum-format.ts";
import type { EthereumTransaction, UnsignedTransaction } from "./ethereum-transaction.ts";
import type { PreparedEthereumTransaction } from "./prepared-transaction.ts";
import { decodeRlp, encodeRlp, readBytes, readList } from "./rlp.ts";
import { transactionError } from "./transaction-checks.ts";
import { decodeUnsignedTransaction, encodeUnsignedTransaction } from "./transaction-codec.ts";

/** Dialect and format id of impersonated transactions. */
export const impersonatedFormatId = "impersonated";

/** Makes the format of impersonated transactions. For development chains only: it asks for no signature. */
export function createImpersonatedFormat(): TransactionFormat<EthereumTransaction, PreparedEthereumTransaction> {
  return {
    id: impersonatedFormatId,
    recognizes: (raw) => decodeDialectEnvelope(raw)?.dialect === impersonatedFormatId,
    decode: decodeImpersonatedTransaction,
    ...ethereumExecution,
  };
}

/** The bytes that stand in a block for a transaction that `sender` did not sign. */
export function encodeImpersonatedTransaction(sender: Address, unsigned: UnsignedTransaction): Uint8Array {
  return encodeDialectEnvelope({ dialect: impersonatedFormatId, payload: encodeRlp([sender, encodeUnsignedTransaction(unsigned)]) });
}

/** Decodes an impersonated transaction. Total. */
export function decodeImpersonatedTransaction(bytes: Uint8Array, rules: FormatRules): Decoded<EthereumTransaction> {
  return decodeWith(bytes, (raw) => {
    const envelope = decodeDialectEnvelope(raw);
    if (envelope?.dialect !== impersonatedFormatId) {
      return {
        kind: "invalid",
        error: transactionError("invalidEncoding", "expected an envelope of the dialect impersonated, got other bytes"),
      };
    }
    const [sender, payload] = readList(decodeRlp(envelope.payload), "an impersonated transaction", 2);
    const unsigned = decodeUnsignedTransaction(readBytes(payload, "the unsigned transaction"));
    const address = addressFromBytes(readBytes(sender, "the sender", 20));
    return (
      checkChainId(unsigned, rules) ?? {
        kind: "decoded",
        transaction: transactionOf(impersonatedFormatId, raw, unsigned, address, undefined),
      }
    );
  });
}

/** sendTransaction, requestAirdrop */
import { base58 } from "@scure/base";
import { encodeDialectEnvelope, type Hash } from "@trireme/core";
import { solanaDialect, transactionErrorText, type SolanaTransactionError } from "@trireme/svm";
import { field } from "../../ethereum/parameters/structure.ts";
import { invalidParameter, RpcError, rpcErrorCodes } from "../../json-rpc/rpc-error.ts";
import { required } from "../../json-rpc/rpc-method.ts";
import { solanaErrorCodes } from "../error-codes.ts";
import { boolean, commitment, oneOf, optionalConfig, pubkey, transactionBytes, unsigned } from "../parameters.ts";
import { headState, solanaMethod } from "../services.ts";
import { showSimulation, simulate } from "../simulation.ts";

export const sendTransaction = solanaMethod(
  [required("transaction", (value) => value), optionalConfig],
  async ({ chain }, [value, { fields, minContextSlot }]) => {
    const encoding = field(fields, "encoding", oneOf(["base58", "base64"]), "config") ?? "base58";
    const skipsPreflight = field(fields, "skipPreflight", boolean, "config") ?? false;
    field(fields, "preflightCommitment", commitment, "config");
    field(fields, "maxRetries", unsigned, "config");
    const wire = transactionBytes(value, encoding, "params[0] (transaction)");
    const raw = encodeDialectEnvelope({ dialect: solanaDialect, payload: wire });
    await headState(chain, minContextSlot);
    const simulation = await simulate(chain, raw, { verifiesSignatures: true });
    if (simulation.kind === "malformed") throw malformed(simulation.error, simulation.message);
    const { transaction, error } = simulation;
    if (!skipsPreflight && error !== undefined) {
      throw new RpcError(
        solanaErrorCodes.sendTransactionPreflightFailure,
        `Transaction simulation failed: ${transactionErrorText(error)}`,
        showSimulation(simulation),
      );
    }
    const submitted = await chain.submit(raw);
    // A transaction that was sent before is on its way already, or done.
    if (submitted.kind === "rejected" && submitted.error.code !== "alreadyKnown" && !skipsPreflight) {
      throw new RpcError(solanaErrorCodes.sendTransactionPreflightFailure, `Transaction was not taken: ${submitted.error.message}`, {
        err: (submitted.error as { solana?: SolanaTransactionError }).solana ?? null,
      });
    }
    return base58.encode(transaction.id);
  },
);

export const requestAirdrop = solanaMethod(
  [required("pubkey", pubkey), required("lamports", unsigned), optionalConfig],
  async ({ chain, faucet }, [key, lamports, config]) => {
    if (faucet === undefined) throw new RpcError(rpcErrorCodes.invalidRequest, "this node has no faucet");
    if (lamports === 0) throw invalidParameter("params[1] (lamports)", "at least 1 lamport", lamports);
    const wanted = config.fields["recentBlockhash"];
    const blockhash = (typeof wanted === "string" ? base58.decode(wanted) : chain.head.hash) as Hash;
    const { raw, id } = faucet.transfer(key, BigInt(lamports), blockhash);
    const submitted = await chain.submit(raw);
    if (submitted.kind === "rejected") throw new RpcError(rpcErrorCodes.internal, `airdrop request failed: ${submitted.error.message}`);
    return base58.encode(id);
  },
);

/** What Agave answers to bytes that are no transaction, and to wrong signatures. */
export function malformed(error: SolanaTransactionError, message: string): RpcError {
  if (error === "SignatureFailure")
    return new RpcError(solanaErrorCodes.signatureVerificationFailure, "Transaction signature verification failure");
  return new RpcError(rpcErrorCodes.invalidParams, `invalid transaction: ${message}`);
}

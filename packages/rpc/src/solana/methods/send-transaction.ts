/** sendTransaction, requestAirdrop */
import { base58 } from "@scure/base";
import { encodeDialectEnvelope, type Hash } from "@trireme/core";
import { solanaDialect, transactionErrorText, type SolanaTransactionError } from "@trireme/svm";
import { field } from "../../ethereum/parameters/structure.ts";
import { invalidParameter, RpcError, rpcErrorCodes } from "../../json-rpc/rpc-error.ts";
import { required } from "../../json-rpc/rpc-method.ts";
import { solanaErrorCodes } from "../error-codes.ts";
import { boolean, bytesOf, commitment, optionalConfig, pubkey, text, transactionBytes, unsigned, wireEncoding } from "../parameters.ts";
import { headState, solanaMethod } from "../services.ts";
import {
  notRun,
  readTransaction,
  refusalText,
  showSimulation,
  signatureFailure,
  simulate,
  solanaErrorOf,
  type SolanaSimulation,
} from "../simulation.ts";

export const sendTransaction = solanaMethod(
  [required("transaction", text), optionalConfig],
  async ({ chain }, [value, { fields, minContextSlot }]) => {
    const encoding = field(fields, "encoding", wireEncoding, "config") ?? "base58";
    const skipsPreflight = field(fields, "skipPreflight", boolean, "config") ?? false;
    field(fields, "preflightCommitment", commitment, "config");
    field(fields, "maxRetries", unsigned, "config");
    const wire = transactionBytes(value, encoding, "params[0] (transaction)");
    const raw = encodeDialectEnvelope({ dialect: solanaDialect, payload: wire });
    const view = await headState(chain, minContextSlot);
    // Without a preflight the chain alone checks the signatures: on its threads, those of all that arrive together.
    const read = readTransaction(raw, { verifiesSignatures: !skipsPreflight });
    if (read.kind === "impossible") throw preflightFailure(read.error, notRun(read.error));
    if (!skipsPreflight) {
      const simulation = await simulate(chain, read, view);
      if (simulation.error !== undefined) throw preflightFailure(simulation.error, simulation);
    }
    const submitted = await chain.submit(raw);
    if (submitted.kind === "rejected" && solanaErrorOf(submitted.error) === "SignatureFailure") throw signatureFailure();
    // One that waits already is on its way; whoever skips the preflight is told nothing more, as on Solana.
    if (submitted.kind === "rejected" && submitted.error.code !== "alreadyKnown" && !skipsPreflight) {
      const error = solanaErrorOf(submitted.error);
      throw preflightFailure(error, notRun(error));
    }
    return base58.encode(read.transaction.id);
  },
);

function preflightFailure(error: SolanaTransactionError, simulation: SolanaSimulation): RpcError {
  return new RpcError(
    solanaErrorCodes.sendTransactionPreflightFailure,
    `Transaction simulation failed: ${sentenceOf(error, simulation)}`,
    showSimulation(simulation),
  );
}

/** Solana's sentence, with what was expected and what came where the chain says so. */
function sentenceOf(error: SolanaTransactionError, { run }: SolanaSimulation): string {
  return (run === undefined ? undefined : refusalText(run)) ?? transactionErrorText(error);
}

export const requestAirdrop = solanaMethod(
  [required("pubkey", pubkey), required("lamports", unsigned), optionalConfig],
  async ({ chain, faucet, limits }, [key, lamports, { fields }]) => {
    const wanted = field(fields, "recentBlockhash", bytesOf<Hash>(32, "a blockhash"), "config");
    if (faucet === undefined) throw new RpcError(rpcErrorCodes.invalidRequest, "Invalid request: this node has no faucet");
    if (lamports < 1 || BigInt(lamports) > limits.airdropLamports)
      throw invalidParameter("params[1] (lamports)", `1 to ${limits.airdropLamports} lamports`, lamports);
    const { raw, id } = faucet.transfer(key, BigInt(lamports), wanted ?? chain.head.hash);
    const read = readTransaction(raw, { verifiesSignatures: false });
    const { error } = await simulate(chain, read, await headState(chain, undefined));
    if (error !== undefined) throw airdropFailure(transactionErrorText(error));
    const submitted = await chain.submit(raw);
    if (submitted.kind === "rejected") throw airdropFailure(submitted.error.message);
    return base58.encode(id);
  },
);

function airdropFailure(reason: string): RpcError {
  return new RpcError(rpcErrorCodes.server, `airdrop request failed: ${reason}`);
}

/** simulateTransaction */
import { base58 } from "@scure/base";
import { encodeDialectEnvelope, type Hash, type Pubkey } from "@trireme/core";
import { decodeWire, encodeMessage, encodeWire, maxBlockhashAge, readSolanaAccount, solanaDialect } from "@trireme/svm";
import { field, list, object } from "../../ethereum/parameters/structure.ts";
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import { required } from "../../json-rpc/rpc-method.ts";
import { decimalsIn } from "../accounts.ts";
import { formatAccount } from "../format/account.ts";
import { boolean, oneOf, optionalConfig, pubkey, text, transactionBytes, wireEncoding, type AccountEncoding } from "../parameters.ts";
import { headState, solanaMethod, withContext } from "../services.ts";
import { readTransaction, showSimulation, simulate, type SolanaSimulation } from "../simulation.ts";

export const simulateTransaction = solanaMethod(
  [required("transaction", text), optionalConfig],
  async ({ chain, limits }, [value, config]) => {
    const { fields, minContextSlot } = config;
    const encoding = field(fields, "encoding", wireEncoding, "config") ?? "base58";
    const verifiesSignatures = field(fields, "sigVerify", boolean, "config") ?? false;
    const replaces = field(fields, "replaceRecentBlockhash", boolean, "config") ?? false;
    if (verifiesSignatures && replaces) throw invalidParameter("config", "sigVerify or replaceRecentBlockhash, not both", fields);
    const wanted = field(fields, "accounts", object, "config");
    const addresses = wanted === undefined ? [] : (field(wanted, "addresses", list(pubkey, limits.accounts), "config.accounts") ?? []);
    const accountEncoding = wanted === undefined ? undefined : field(wanted, "encoding", shownEncoding, "config.accounts");
    const withInner = field(fields, "innerInstructions", boolean, "config") ?? false;

    const given = transactionBytes(value, encoding, "params[0] (transaction)");
    const view = await headState(chain, minContextSlot);
    const blockhash = chain.head.hash;
    const payload = replaces ? withBlockhash(given, blockhash) : given;
    const read = readTransaction(encodeDialectEnvelope({ dialect: solanaDialect, payload }), { verifiesSignatures });
    const simulation = await simulate(chain, read, view);
    const accounts = wanted === undefined ? null : addresses.map((key) => showAfter(simulation, key, accountEncoding ?? "base64", view));
    return withContext(
      view.blockNumber,
      showSimulation(simulation, {
        accounts,
        withInner,
        ...(replaces
          ? { replacementBlockhash: { blockhash: base58.encode(blockhash), lastValidBlockHeight: view.blockNumber + maxBlockhashAge } }
          : {}),
      }),
    );
  },
);

/** The encodings that simulated accounts have; base58 is not among them, as in Agave. */
const shownEncoding = oneOf(["base64", "base64+zstd", "jsonParsed"]);

type View = Awaited<ReturnType<typeof headState>>;

/** An account as the simulation left it; null for one that is not there, and for all where it failed. */
function showAfter({ run, error }: SolanaSimulation, key: Pubkey, encoding: AccountEncoding, view: View): unknown {
  if (run?.kind !== "executed" || error !== undefined) return null;
  const { state, context } = run;
  const site = { ...view, context, getAccount: state.getAccount, getDataPage: state.getDataPage };
  const account = readSolanaAccount(key, site);
  return account === undefined ? null : formatAccount(account, { encoding, dataSlice: undefined }, decimalsIn(site));
}

/** The same transaction with another blockhash; its signatures do not hold any more. */
function withBlockhash(wire: Uint8Array, blockhash: Hash): Uint8Array {
  const decoded = decodeWire(wire);
  if (decoded.kind === "invalid") return wire;
  const { message, signatures } = decoded.wire;
  return encodeWire(signatures, encodeMessage({ ...message, blockhash }));
}

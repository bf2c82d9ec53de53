/** simulateTransaction */
import { base58 } from "@scure/base";
import { encodeDialectEnvelope, type Hash, type Pubkey } from "@trireme/core";
import { decodeWire, encodeMessage, encodeWire, maxBlockhashAge, readSolanaAccount, solanaDialect } from "@trireme/svm";
import { field, list, object } from "../../ethereum/parameters/structure.ts";
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import { required } from "../../json-rpc/rpc-method.ts";
import { decimalsIn } from "../accounts.ts";
import { formatAccount } from "../format/account.ts";
import { boolean, oneOf, optionalConfig, pubkey, transactionBytes } from "../parameters.ts";
import { headState, solanaMethod, withContext } from "../services.ts";
import { showSimulation, simulate, type SolanaSimulation } from "../simulation.ts";
import { malformed } from "./send-transaction.ts";

export const simulateTransaction = solanaMethod(
  [required("transaction", (value) => value), optionalConfig],
  async ({ chain, limits }, [value, config]) => {
    const { fields, minContextSlot } = config;
    const encoding = field(fields, "encoding", oneOf(["base58", "base64"]), "config") ?? "base58";
    const verifiesSignatures = field(fields, "sigVerify", boolean, "config") ?? false;
    const replaces = field(fields, "replaceRecentBlockhash", boolean, "config") ?? false;
    if (verifiesSignatures && replaces) throw invalidParameter("config", "sigVerify or replaceRecentBlockhash, not both", fields);
    const wanted = field(fields, "accounts", object, "config");
    const addresses = wanted === undefined ? [] : (field(wanted, "addresses", list(pubkey, limits.accounts), "config.accounts") ?? []);
    const accountEncoding =
      wanted === undefined ? undefined : field(wanted, "encoding", oneOf(["base64", "jsonParsed"]), "config.accounts");
    const withInner = field(fields, "innerInstructions", boolean, "config") ?? false;

    const given = transactionBytes(value, encoding, "params[0] (transaction)");
    const view = await headState(chain, minContextSlot);
    const blockhash = chain.head.hash;
    const payload = replaces ? withBlockhash(given, blockhash) : given;
    const simulation = await simulate(chain, encodeDialectEnvelope({ dialect: solanaDialect, payload }), { verifiesSignatures });
    if (simulation.kind === "malformed") throw malformed(simulation.error, simulation.message);
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

type View = Awaited<ReturnType<typeof headState>>;

/** An account as the simulation left it; null for one that is gone, or where nothing ran. */
function showAfter({ run }: SolanaSimulation & { kind: "ran" }, key: Pubkey, encoding: "base64" | "jsonParsed", view: View): unknown {
  if (run.kind !== "executed") return null;
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

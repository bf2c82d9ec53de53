/** eth_sendRawTransactionSync (EIP-7966) */
import type { Chain } from "@trireme/chain";
import { bytesToHex, equalBytes, type Hash } from "@trireme/core";
import { RpcError } from "../../../json-rpc/rpc-error.ts";
import { optional, required } from "../../../json-rpc/rpc-method.ts";
import { transactionRejected } from "../../../json-rpc/wire-error.ts";
import { unwrapBlobTransaction } from "../../blob-sidecar.ts";
import { data, looseQuantity } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";
import { receiptOf } from "./get-transaction-receipt.ts";

const MAX_WAIT = 60_000n;
const DEFAULT_WAIT = 20_000n;
/** Code that the EIP gives to a transaction that was taken and did not come into a block in time. */
const NOT_IN_TIME = 4;

/** Hands a signed transaction to the chain and waits for its receipt; the wait is in milliseconds. */
export const sendRawTransactionSync = ethereumMethod(
  [required("transaction", data()), optional("timeout", looseQuantity(32), DEFAULT_WAIT)],
  async (services, [raw, timeout]) => {
    const { chain } = services;
    const submitted = await chain.submit(unwrapBlobTransaction(raw));
    if (submitted.kind === "rejected") throw transactionRejected(submitted.error);
    const wait = Number(timeout < MAX_WAIT ? timeout : MAX_WAIT);
    const receipt =
      (await receiptOf(services, submitted.hash)) ??
      ((await mined(chain, submitted.hash, wait)) ? await receiptOf(services, submitted.hash) : null);
    if (receipt === null) {
      throw new RpcError(
        NOT_IN_TIME,
        `the transaction was taken, and came into no block within ${wait} milliseconds`,
        bytesToHex(submitted.hash),
      );
    }
    return receipt;
  },
);

/** Resolves when a block holds the transaction (true), or when the time is over (false). */
function mined(chain: Chain, hash: Hash, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (isMined: boolean): void => {
      clearTimeout(timer);
      stop();
      resolve(isMined);
    };
    const timer = setTimeout(() => finish(false), milliseconds);
    const stop = chain.subscribe((event) => {
      if (event.kind === "block" && event.receipts.some((receipt) => equalBytes(receipt.transactionHash, hash))) finish(true);
    });
  });
}

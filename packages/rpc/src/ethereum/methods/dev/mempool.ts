/** *_dropTransaction, *_dropAllTransactions */
import { bytesToHex } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { hash } from "../../parameters/scalar.ts";
import { devMethod } from "./dev-method.ts";

/** Drops a waiting transaction; gives its hash, or null when there was none. */
export const dropTransaction = devMethod([required("transactionHash", hash)], ({ dev }, [transactionHash]) =>
  dev.dropTransaction(transactionHash) ? bytesToHex(transactionHash) : null,
);

/** Drops a waiting transaction; whether there was one. */
export const dropTransactionHardhat = devMethod([required("transactionHash", hash)], ({ dev }, [transactionHash]) =>
  dev.dropTransaction(transactionHash),
);

/** Drops every waiting transaction. */
export const dropAllTransactions = devMethod([], ({ dev }) => dev.dropAllTransactions());

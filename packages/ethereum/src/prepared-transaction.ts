/** An Ethereum transaction between prepare and settle. */
import type { PreparedTransaction } from "@trireme/core";
import type { EthereumTransaction } from "./ethereum-transaction.ts";

/** What `charge` and `settle` need beside the transaction. Belongs to one execution: `charge` writes to it. */
export interface PreparedEthereumTransaction extends PreparedTransaction<EthereumTransaction> {
  /** Wei per gas that it pays, base fee included. */
  readonly effectiveGasPrice: bigint;
  /** The least gas that it is charged (EIP-7623). */
  readonly floorGas: bigint;
  /** Wei for its blobs, all of it burnt. */
  readonly blobFee: bigint;
  /** Gas refunded for authorities that existed (EIP-7702): known once `charge` has applied them. */
  authorizationRefund: bigint;
}

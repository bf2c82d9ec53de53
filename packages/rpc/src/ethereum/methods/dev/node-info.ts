/** anvil_nodeInfo, anvil_metadata, hardhat_metadata, *_setLoggingEnabled */
import { bytesToHex } from "@trireme/core";
import { optional } from "../../../json-rpc/rpc-method.ts";
import { toQuantity } from "../../format/quantity.ts";
import { flag } from "../../parameters/scalar.ts";
import { devMethod } from "./dev-method.ts";

const instanceId = `0x${globalThis.crypto.randomUUID().replaceAll("-", "").padStart(64, "0")}`;

/** How the node is set up, as anvil shows it. */
export const nodeInfo = devMethod([], ({ chain }) => {
  const { header, hash } = chain.head;
  return {
    currentBlockNumber: toQuantity(header.number),
    currentBlockTimestamp: Number(header.timestamp),
    currentBlockHash: bytesToHex(hash),
    hardFork: chain.hardfork,
    transactionOrder: "fees",
    environment: {
      baseFee: toQuantity(chain.nextBaseFee()),
      chainId: Number(chain.chainId),
      gasLimit: toQuantity(header.gasLimit),
      gasPrice: toQuantity(chain.nextBaseFee()),
    },
    forkConfig: { forkUrl: null, forkBlockNumber: null, forkRetryBackoff: null },
  };
});

/** Which node this is, as anvil and hardhat show it. */
export const metadata = devMethod([], ({ chain, clientVersion }) => ({
  clientVersion,
  chainId: Number(chain.chainId),
  instanceId,
  latestBlockNumber: Number(chain.head.header.number),
  latestBlockHash: bytesToHex(chain.head.hash),
  snapshots: {},
}));

/** Taken and without effect: the node's log level is its operator's. */
export const setLoggingEnabled = devMethod([optional("enabled", flag, true)], () => undefined);

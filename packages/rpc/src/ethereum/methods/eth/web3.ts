/** web3_clientVersion, web3_sha3, net_version, net_listening, net_peerCount, rpc_modules */
import { bytesToHex, keccak256 } from "@trireme/core";
import { required } from "../../../json-rpc/rpc-method.ts";
import { data } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** Name and version of the node. */
export const clientVersion = ethereumMethod([], (services) => services.clientVersion);

/** keccak256 of data. */
export const sha3 = ethereumMethod([required("data", data())], (_services, [bytes]) => bytesToHex(keccak256(bytes)));

/** The chain id in decimal. */
export const netVersion = ethereumMethod([], ({ chain }) => chain.chainId.toString());

/** Always true. */
export const listening = ethereumMethod([], () => true);

/** Always 0. */
export const peerCount = ethereumMethod([], () => "0x0");

/** Families of methods that the node has. */
export const rpcModules = ethereumMethod([], ({ chain }) => {
  const families = [
    "debug",
    "eth",
    "net",
    "rpc",
    "trireme",
    "txpool",
    "web3",
    ...(chain.dev === undefined ? [] : ["anvil", "evm", "hardhat"]),
  ];
  return Object.fromEntries(families.map((family) => [family, "1.0"]));
});

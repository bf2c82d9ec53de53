/** eth_signTypedData_v4, eth_signTypedData */
import { addressToHex, hexToBytes } from "@trireme/core";
import { describe, invalidParameter, RpcError, rpcErrorCodes } from "../../../json-rpc/rpc-error.ts";
import { required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { address } from "../../parameters/scalar.ts";
import { object, type Fields } from "../../parameters/structure.ts";
import { ethereumMethod } from "../../services.ts";

/** Typed data, as an object or as its JSON. */
const typedData: Parser<Fields> = (value, path) => {
  let fields = value;
  if (typeof value === "string") {
    try {
      fields = JSON.parse(value);
    } catch {
      throw invalidParameter(path, "typed data (EIP-712) as an object or as JSON", value);
    }
  }
  const parsed = object(fields, path);
  for (const name of ["types", "domain", "message"]) object(parsed[name], `${path}.${name}`);
  if (typeof parsed["primaryType"] !== "string") throw invalidParameter(`${path}.primaryType`, "the name of a type", parsed["primaryType"]);
  return parsed;
};

/** Signs typed data (EIP-712) with a key that the node holds. */
export const signTypedData = ethereumMethod(
  [required("address", address), required("typedData", typedData)],
  async ({ signers }, [account, fields]) => {
    if (!signers.has(account)) throw new RpcError(rpcErrorCodes.server, `unknown account ${addressToHex(account)}`);
    // Loaded when it is first asked for: few nodes ever sign typed data, and each waits for its imports at the start.
    const { hashTypedData } = await import("viem");
    let digest: `0x${string}`;
    try {
      digest = hashTypedData(fields as unknown as Parameters<typeof hashTypedData>[0]);
    } catch (error) {
      throw new RpcError(
        rpcErrorCodes.invalidParams,
        `invalid typed data: ${error instanceof Error ? describe(error.message).slice(1, -1) : String(error)}`,
      );
    }
    return signers.signHash(account, hexToBytes(digest));
  },
);

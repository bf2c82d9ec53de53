/** eth_sign, personal_sign */
import { required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { personalMessageHash } from "../../dev-signers.ts";
import { address, data, text } from "../../parameters/scalar.ts";
import { ethereumMethod } from "../../services.ts";

/** A message: bytes, or text that stands for its UTF-8. */
const message: Parser<Uint8Array> = (value, path) => {
  if (typeof value === "string" && /^0x(?:[0-9a-fA-F]{2})*$/.test(value)) return data()(value, path);
  return new TextEncoder().encode(text(value, path));
};

/** Signs a message (EIP-191) with a key that the node holds: address first. */
export const sign = ethereumMethod([required("address", address), required("message", message)], ({ signers }, [account, bytes]) =>
  signers.signHash(account, personalMessageHash(bytes)),
);

/** Signs a message (EIP-191) with a key that the node holds: message first. */
export const personalSign = ethereumMethod([required("message", message), required("address", address)], ({ signers }, [bytes, account]) =>
  signers.signHash(account, personalMessageHash(bytes)),
);

/** *_setBalance, *_addBalance, *_setCode, *_setNonce, *_setStorageAt: accounts by decree. */
import { hexToBytes } from "@trireme/core";
import { required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { address, data, looseQuantity, storageKey } from "../../parameters/scalar.ts";
import { devMethod } from "./dev-method.ts";

/** A slot's key as tools write it: hexadecimal of any length, or a number. */
const looseWord: Parser<Uint8Array> = (value, path) =>
  typeof value === "number" ? hexToBytes(`0x${looseQuantity()(value, path).toString(16).padStart(64, "0")}`) : storageKey(value, path);

/** Sets an account's balance in wei. */
export const setBalance = devMethod([required("address", address), required("balance", looseQuantity())], ({ dev }, [account, wei]) =>
  dev.setBalance(account, wei),
);

/** Adds wei to an account's balance. */
export const addBalance = devMethod(
  [required("address", address), required("amount", looseQuantity())],
  async ({ chain, dev }, [account, wei]) => {
    const balance = (await chain.getAccount(account))?.balance ?? 0n;
    await dev.setBalance(account, balance + wei);
  },
);

/** Deploys code at an address without running any. */
export const setCode = devMethod([required("address", address), required("code", data())], ({ dev }, [account, code]) =>
  dev.setCode(account, code),
);

/** Sets an account's nonce. */
export const setNonce = devMethod([required("address", address), required("nonce", looseQuantity(64))], ({ dev }, [account, nonce]) =>
  dev.setNonce(account, nonce),
);

/** Sets one slot; gives true, as every tool expects of this one. */
export const setStorageAt = devMethod(
  [required("address", address), required("slot", looseWord), required("value", looseWord)],
  async ({ dev }, [account, key, value]) => {
    await dev.setStorageAt(account, key, value);
    return true;
  },
);

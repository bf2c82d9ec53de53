/** *_impersonateAccount, *_stopImpersonatingAccount, *_autoImpersonateAccount */
import { required } from "../../../json-rpc/rpc-method.ts";
import { address, flag } from "../../parameters/scalar.ts";
import { devMethod } from "./dev-method.ts";

/** Lets eth_sendTransaction send for an account without its key. */
export const impersonateAccount = devMethod([required("address", address)], ({ dev }, [account]) => dev.impersonate(account));

/** Takes that back. */
export const stopImpersonatingAccount = devMethod([required("address", address)], ({ dev }, [account]) => dev.stopImpersonating(account));

/** Lets eth_sendTransaction send for every account without its key. */
export const autoImpersonateAccount = devMethod([required("enabled", flag)], ({ dev }, [enabled]) => dev.autoImpersonate(enabled));

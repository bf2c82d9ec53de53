/** evm_snapshot, evm_revert: going back. */
import { required } from "../../../json-rpc/rpc-method.ts";
import { toQuantity } from "../../format/quantity.ts";
import { looseQuantity } from "../../parameters/scalar.ts";
import { devMethod } from "./dev-method.ts";

/** Remembers the chain as it is; gives an id. */
export const snapshot = devMethod([], async ({ dev }) => toQuantity(await dev.snapshot()));

/** Goes back to a snapshot, which is used up; false when there is none. Filters and subscriptions live on. */
export const revert = devMethod([required("snapshotId", looseQuantity(64))], ({ dev }, [id]) => dev.revert(id));

/** eth_getLogs */
import { required } from "../../../json-rpc/rpc-method.ts";
import { queryLogs } from "../../log-query.ts";
import { logFilter } from "../../parameters/log-filter.ts";
import { ethereumMethod } from "../../services.ts";

/** Logs that a filter describes. */
export const getLogs = ethereumMethod([required("filter", logFilter)], ({ chain, limits }, [filter]) => queryLogs(chain, filter, limits));

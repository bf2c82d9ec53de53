/** eth_newFilter, eth_newBlockFilter, eth_newPendingTransactionFilter, eth_getFilterChanges, eth_getFilterLogs, eth_uninstallFilter */
import { invalidParameter } from "../../../json-rpc/rpc-error.ts";
import { required, type Parser } from "../../../json-rpc/rpc-method.ts";
import { queryLogs } from "../../log-query.ts";
import { logFilter } from "../../parameters/log-filter.ts";
import { ethereumMethod } from "../../services.ts";

const filterId: Parser<string> = (value, path) => {
  if (typeof value !== "string" || !/^0x[0-9a-f]{1,64}$/i.test(value))
    throw invalidParameter(path, "the id of a filter, a quantity", value);
  return value.toLowerCase();
};

/** Installs a filter that collects logs; gives its id. */
export const newFilter = ethereumMethod([required("filter", logFilter)], ({ filters }, [filter]) =>
  filters.install({ kind: "logs", filter }),
);

/** Installs a filter that collects hashes of new blocks; gives its id. */
export const newBlockFilter = ethereumMethod([], ({ filters }) => filters.install({ kind: "blocks" }));

/** Installs a filter that collects hashes of transactions that the mempool took; gives its id. */
export const newPendingTransactionFilter = ethereumMethod([], ({ filters }) => filters.install({ kind: "transactions" }));

/** What a filter collected since the last time. */
export const getFilterChanges = ethereumMethod([required("filterId", filterId)], ({ filters }, [id]) => filters.changes(id));

/** All logs that a log filter describes. */
export const getFilterLogs = ethereumMethod([required("filterId", filterId)], ({ chain, filters, limits }, [id]) =>
  queryLogs(chain, filters.logFilter(id), limits),
);

/** Removes a filter; false when there was none. */
export const uninstallFilter = ethereumMethod([required("filterId", filterId)], ({ filters }, [id]) => filters.uninstall(id));

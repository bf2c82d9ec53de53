/** Limits of one execution, in consensus units (rule 21). */

/** Re-entries into one environment through another one on one stack, when the chain says nothing. */
export const defaultReentryLimit = 64;
/** Bytes of memory for all suspended frames of a transaction: more than 100 million gas of EVM memory can take. */
export const defaultMemoryBudget = 256 * 1024 * 1024;

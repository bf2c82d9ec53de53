/** Ethereum's hardforks that a chain may run, oldest first. London is the oldest. */
export const hardforks = ["london", "paris", "shanghai", "cancun", "prague", "osaka"] as const;

/** The rule set of a block. */
export type Hardfork = (typeof hardforks)[number];

const ORDER: ReadonlyMap<string, number> = new Map(hardforks.map((name, index) => [name, index]));

/** True for a name in `hardforks`. */
export function isHardfork(name: string): name is Hardfork {
  return ORDER.has(name);
}

/** Whether `fork` has the rules of `required`: the same fork or a later one. */
export function isAtLeast(fork: Hardfork, required: Hardfork): boolean {
  return (ORDER.get(fork) as number) >= (ORDER.get(required) as number);
}

/** The sum of expressions that are sums themselves, its constants in one. */
export function sumOf(terms: readonly string[]): string {
  const all = terms.flatMap((term) => term.split(" + "));
  const constants = all.filter((term) => /^\d+$/.test(term)).reduce((sum, term) => sum + Number(term), 0);
  const others = all.filter((term) => !/^\d+$/.test(term));
  return constants === 0 && others.length > 0 ? others.join(" + ") : [`${constants}`, ...others].join(" + ");
}

/** What standard output is. */

const usualColumns = 80;

/** Whether lines may have colours: not where they go into a pipe or a file, whatever the machine, nor against $NO_COLOR. */
export function hasColors(): boolean {
  // A pipe says nothing of itself: that is no terminal.
  const isTerminal = (process.stdout.isTTY as boolean | undefined) ?? false;
  return isTerminal && (process.env["NO_COLOR"] ?? "") === "";
}

/** Columns of the terminal, 80 where it is none. */
export function terminalColumns(): number {
  return (process.stdout.columns as number | undefined) ?? usualColumns;
}

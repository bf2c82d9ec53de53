// Damaged transactions: a named error or a result, the same lamports on both sides, and never a throw.
import { expect, it } from "vitest";
import { runDamaged } from "./solana-damage.mts";

it("a chain and litesvm agree on what comes of damaged transactions", { timeout: 60_000 }, () => {
  const reports = [runDamaged(1, 250, "compiler"), runDamaged(2, 250, "interpreter")];
  expect(reports.map(({ difference }) => difference)).toEqual([undefined, undefined]);
  for (const { outcomes } of reports) {
    console.log([...outcomes].map(([name, times]) => `${name} ${times}`).join(", "));
    expect(outcomes.size).toBeGreaterThan(6);
  }
});

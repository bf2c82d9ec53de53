import { expect, test } from "vitest";
import { fuzzEngines } from "../test/fuzz-engines.ts";

test("the interpreter and the compiler agree on random programs, and with every budget up to their cost", { timeout: 60_000 }, () => {
  const { violation, ends, programsAtEveryBudget } = fuzzEngines(160, 8, 1);
  expect(violation).toBeUndefined();
  expect(programsAtEveryBudget).toBe(8);
  // Programs that only fault at once would show nothing.
  expect(ends["exit"]).toBeGreaterThan(40);
  expect(Object.keys(ends)).toEqual(
    expect.arrayContaining(["exit", "AccessViolation", "CallDepthExceeded", "DivideByZero", "CallOutsideTextSegment"]),
  );
});

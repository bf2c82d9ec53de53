import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { staleProgramsOf } from "./rebuild-programs.ts";

test("programs of cases are what their sources compile to; else: npx pnpm conformance stylus --rebuild-programs", async () => {
  expect(await staleProgramsOf(fileURLToPath(new URL("../stylus/assembly-script.json", import.meta.url)), false)).toEqual([]);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createInterpreter } from "@trireme/svm";
import { conformanceDirectory } from "@trireme/testing";
import { findFiles } from "../find-files.ts";
import type { Report } from "../report.ts";
import { runInstructionFile } from "./run-instruction-file.ts";

const folder = mkdtempSync(join(tmpdir(), "trireme-instr-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(text: string, version = "v0"): Report {
  const path = join(folder, version, "case.instr");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return runInstructionFile(path, "case.instr");
}

const problemsOf = (text: string, version = "v0"): readonly string[] => run(text, version).failures.map(({ problem }) => problem);

test("each status can pass and fail", () => {
  const add = "$ op=07 dst=1 src=0 off=0 r1=5 imm=2 : ";
  expect(run(`${add}ok r1=7`)).toEqual({ passed: 1, skipped: 0, failures: [] });
  expect(problemsOf(`${add}ok r1=8`)).toEqual([expect.stringContaining("r1: expected 0x8, got 0x7")]);
  expect(problemsOf(`${add}ok`)).toEqual([expect.stringContaining("r1: expected 0x5, got 0x7")]);
  expect(problemsOf(`${add}err`)).toEqual([expect.stringContaining("expected a fault")]);
  expect(problemsOf(`${add}vfy`)).toEqual([expect.stringContaining("expected the verifier to refuse it")]);
  expect(problemsOf(`${add}vfyub`)).toEqual([]);
  const load = "input=0102 $ op=71 dst=1 src=2 off=1 r2=400000000 : ";
  expect(run(`${load}ok r1=2`).passed).toBe(1);
  expect(problemsOf(load.replace("off=1", "off=2") + "ok")).toEqual([expect.stringContaining("Access violation")]);
  expect(problemsOf("$ op=ff : ok")).toEqual([expect.stringContaining("unknown eBPF opcode 0xff")]);
});

test("fields and registers keep their values from case to case; the version is the folder's", () => {
  const text = "dst=1 src=0 off=0 imm=1 r1=7fffffff\n$ op=04 : ok r1=ffffffff80000000\n# a comment : err\n$ op=b4 : ok r1=1";
  expect(run(text)).toMatchObject({ passed: 2, failures: [] });
  expect(problemsOf(text, "v2")).toEqual([expect.stringContaining("got 0x80000000")]);
});

test("an access may not cross a boundary of the input", () => {
  const text = "input=0001020304050607 region_boundary=4 region_boundary=8\n";
  expect(
    problemsOf(`${text}$ op=69 dst=1 src=2 off=3 r2=400000000 : err\n$ op=69 off=2 : ok r1=302\n$ op=61 off=4 : ok r1=7060504`),
  ).toEqual([]);
});

test("a file that cannot be read is one failure, with its line", () => {
  expect(problemsOf("\n$ op=7 dst=z : ok")).toEqual(["line 2: a hexadecimal number of 64 bits was expected,  came"]);
  expect(problemsOf("$ op=07 what=1 : ok")).toEqual(["line 1: no field is called what"]);
  expect(problemsOf("$ op=07 :")).toEqual(["line 1: ok, err, vfy or vfyub was expected behind the colon"]);
  expect(problemsOf("$ op=07 : ok", "v9")).toEqual([expect.stringContaining("expected a folder v0, v1, v2 or v3 around")]);
});

const vectors = conformanceDirectory("svm/instructions");

test("Firedancer's single-instruction cases", ({ skip }) => {
  if (vectors === undefined) {
    console.log("SKIPPED single-instruction cases of the SVM: no vectors");
    return skip();
  }
  const files = findFiles(vectors, ".instr");
  const plain = files.map(({ path, file }) => runInstructionFile(path, file, { engines: [createInterpreter()] }));
  // A module for each case takes its time: all of them run in `conformance svm-instructions`.
  const compiled = files.filter(({ file }) => /v0.load|v3.jump/.test(file)).map(({ path, file }) => runInstructionFile(path, file));
  expect([...plain, ...compiled].flatMap(({ failures }) => failures)).toEqual([]);
  expect(plain.reduce((sum, { passed }) => sum + passed, 0)).toBeGreaterThan(2000);
});

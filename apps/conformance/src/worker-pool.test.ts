import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { runJobs, type FileJob } from "./worker-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "trireme-conformance-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A worker that does what a job's path says. */
const entry = join(folder, "worker.mjs");
writeFileSync(
  entry,
  `process.on("message", ({ path, file }) => {
    if (path === "die") process.exit(3);
    if (path === "kill") process.kill(process.pid, "SIGKILL");
    if (path === "hang") return;
    process.send({ passed: 1, skipped: 0, failures: [], file });
  });
  process.on("disconnect", () => process.exit(0));`,
);

test("a worker that dies or hangs costs its file and not the run", async () => {
  const paths = ["good", "die", "good", "kill", "hang", "good", "good"];
  const jobs = paths.map((path, index): FileJob => ({ path, file: `${path} ${index}`, filter: undefined }));
  const seen: string[] = [];
  const reports = await runJobs(jobs, { workers: 2, entry: pathToFileURL(entry), timeout: 2000, onReport: ({ file }) => seen.push(file) });
  expect(reports.map(({ passed, failures }) => (passed === 1 ? "passed" : failures[0]?.problem))).toEqual([
    "passed",
    "expected a report, got a worker that ended with code 3",
    "passed",
    "expected a report, got a worker that ended with SIGKILL",
    "expected an end within 2 s, got none",
    "passed",
    "passed",
  ]);
  expect(seen.sort()).toEqual(jobs.map(({ file }) => file).sort());
});

/** Hands files out to child processes, one at a time each. A child that dies costs its file, never the run. */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { failedFile, type Report } from "./report.ts";

/** What a child is asked to run. */
export interface FileJob {
  readonly path: string;
  /** Name in reports. */
  readonly file: string;
  readonly filter: string | undefined;
}

/** How files are run. */
export interface PoolOptions {
  readonly workers: number;
  /** Module of the child. */
  readonly entry: URL;
  /** A child that works longer on one file is killed, in milliseconds. */
  readonly timeout: number;
  /** Called after each file, with the milliseconds that it took. */
  readonly onReport?: (job: FileJob, report: Report, took: number) => void;
}

/** Runs all jobs; reports come back in the order of the jobs. */
export async function runJobs(jobs: readonly FileJob[], options: PoolOptions): Promise<readonly Report[]> {
  const reports: Report[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    let child: ChildProcess | undefined;
    for (let index = next++; index < jobs.length; index = next++) {
      const job = jobs[index] as FileJob;
      child ??= startChild(options.entry);
      const started = performance.now();
      const answer = await runJob(child, job, options.timeout);
      if (typeof answer === "string") child = undefined;
      const report = typeof answer === "string" ? failedFile(job.file, answer) : answer;
      reports[index] = report;
      options.onReport?.(job, report, performance.now() - started);
    }
    if (child !== undefined) await stopChild(child);
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(options.workers, jobs.length)) }, lane));
  return reports;
}

function startChild(entry: URL): ChildProcess {
  return fork(fileURLToPath(entry), [], { execArgv: process.execArgv, stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.disconnect();
  });
}

/** The child's report, or why there is none; the child is gone then. */
function runJob(child: ChildProcess, job: FileJob, timeout: number): Promise<Report | string> {
  return new Promise((resolve) => {
    const finish = (answer: Report | string): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      finish(`expected an end within ${timeout / 1000} s, got none`);
    }, timeout);
    child.once("message", (report) => finish(report as Report));
    child.once("error", (error) => {
      child.kill("SIGKILL");
      finish(`expected a worker, got ${error.message}`);
    });
    child.once("exit", (code, signal) => finish(`expected a report, got a worker that ended with ${signal ?? `code ${code}`}`));
    child.send(job, (error) => {
      if (error !== null) finish(`expected a worker that listens, got ${error.message}`);
    });
  });
}

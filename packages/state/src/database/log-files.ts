/** The files of a data directory, as the block log uses them. */
import { close, closeSync, fdatasync, fsyncSync, open, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";

/** An open segment that is written to. */
export interface LogFile {
  /** Writes all of `bytes` at `position`. @throws what the operating system said */
  write(bytes: Uint8Array, position: number): void;
  /** fdatasync. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a segment for writing. Replaced only by tests that need a disk which fails. */
export interface LogFiles {
  open(path: string, flags: "r+" | "wx"): Promise<LogFile>;
}

/** The real file system. */
export const realLogFiles: LogFiles = {
  open: (path, flags) =>
    new Promise((resolve, reject) => {
      open(path, flags, 0o644, (error, descriptor) => {
        if (error === null) resolve(logFile(descriptor));
        else reject(error);
      });
    }),
};

/** Name of segment `number` (from 1). */
export function segmentName(number: number): string {
  return `blocks-${String(number).padStart(8, "0")}.log`;
}

/** Numbers of the segments in `directory`, ascending. */
export function listSegments(directory: string): readonly number[] {
  const numbers: number[] = [];
  for (const name of readdirSync(directory)) {
    const digits = /^blocks-(\d{8})\.log$/.exec(name)?.[1];
    if (digits !== undefined) numbers.push(Number(digits));
  }
  return numbers.sort((left, right) => left - right);
}

/** Path of a segment. */
export function segmentPath(directory: string, number: number): string {
  return join(directory, segmentName(number));
}

/** Makes the names in `directory` durable. */
export function syncDirectory(directory: string): void {
  // Windows has no way to open a directory for this, and its file system journals names by itself.
  if (process.platform === "win32") return;
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function logFile(descriptor: number): LogFile {
  return {
    // Into the page cache and not awaited: a hop through the thread pool would cost more than the copy.
    write(bytes, position) {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
      }
    },
    sync: () =>
      new Promise((resolve, reject) => {
        fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)));
      }),
    close: () =>
      new Promise((resolve, reject) => {
        close(descriptor, (error) => (error ? reject(error) : resolve()));
      }),
  };
}

/**
 * One process per data directory. Node has no lock of the operating system's, so the lock is a file that names its
 * holder; one whose holder is dead is taken over.
 *
 * Two processes that both see a dead holder must not both take its place. So the right to replace holder H is itself a
 * lock, whose name holds H's nonce and which is acquired the same way; whoever gets it looks again whether H is still there.
 */
import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TriremeError } from "@trireme/core";

/** A held lock. */
export interface DirectoryLock {
  /** Pid of the dead process that had left the lock behind. */
  readonly takenOverFrom: number | undefined;
  /** Idempotent. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** Tells a process from a later one with the same pid; empty where the system does not say. */
  readonly started: string;
  readonly nonce: string;
}

/** Locks `directory`. @throws TriremeError `DATABASE_LOCKED` with the holder's pid in `details` */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, "LOCK");
  const self: Holder = { pid: process.pid, started: startOf(process.pid), nonce: randomUUID() };
  const takenOverFrom = acquire(path, self, directory);
  let held = true;
  return {
    takenOverFrom,
    release() {
      if (held) releaseFile(path, self);
      held = false;
    },
  };
}

/** Pid of the dead holder that was replaced, if any. */
function acquire(path: string, self: Holder, directory: string): number | undefined {
  for (;;) {
    if (createFile(path, self)) return undefined;
    const holder = readHolder(path);
    // Released in between, or nothing that a live process wrote: those come into being with their content.
    if (holder === undefined) continue;
    if (isAlive(holder)) {
      const who = holder.pid === process.pid ? "this process" : "process";
      throw new TriremeError("DATABASE_LOCKED", `${directory} is in use by ${who} ${holder.pid}`, {
        details: { directory, pid: holder.pid },
      });
    }
    const ticket = `${path}.${holder.nonce}`;
    acquire(ticket, self, directory);
    try {
      if (readHolder(path)?.nonce !== holder.nonce) continue;
      const own = writeOwn(path, self);
      renameSync(own, path);
      return holder.pid;
    } finally {
      releaseFile(ticket, self);
    }
  }
}

/** False when the file exists. It appears with its content, never empty. */
function createFile(path: string, self: Holder): boolean {
  const own = writeOwn(path, self);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    unlinkSync(own);
  }
}

function writeOwn(path: string, self: Holder): string {
  const own = `${path}.${self.nonce}.new`;
  writeFileSync(own, `${JSON.stringify(self)}\n`);
  return own;
}

function releaseFile(path: string, self: Holder): void {
  if (readHolder(path)?.nonce === self.nonce) unlinkSync(path);
}

/** Undefined when there is no such file. A file that a power cut emptied counts as a dead holder's. */
function readHolder(path: string): Holder | undefined {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(content) as Partial<Holder> | null;
    if (Number.isInteger(value?.pid) && typeof value?.started === "string" && /^[0-9a-f-]{36}$/.test(value.nonce ?? ""))
      return value as Holder;
  } catch {
    // Not JSON: as below.
  }
  return { pid: 0, started: "", nonce: "unreadable" };
}

function isAlive(holder: Holder): boolean {
  if (holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // Anything but "no such process" (it may belong to another user) is a sign of life.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = startOf(holder.pid);
  return started === "" || holder.started === "" || started === holder.started;
}

/** Boot and start time of a process, as far as the system tells (Linux: field 22 of /proc/<pid>/stat). */
function startOf(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${boot}/${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
  } catch {
    return "";
  }
}

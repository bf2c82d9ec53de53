/** Register traces of litesvm: for every program it runs, a file with r0 to r10 and the slot before each instruction. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RegisterTraces {
  /** The traces that came since the last call, 12 values a row. */
  take(): readonly BigUint64Array[];
  /** Ends tracing. */
  close(): void;
}

/** Traces every litesvm of this process that is created from now on. */
export function traceRegisters(): RegisterTraces {
  const folder = mkdtempSync(join(tmpdir(), "trireme-traces-"));
  process.env["SBF_TRACE_DIR"] = folder;
  return {
    take() {
      const files = readdirSync(folder);
      const traces = files.filter((file) => file.endsWith(".regs")).map((file) => rowsOf(readFileSync(join(folder, file))));
      for (const file of files) rmSync(join(folder, file));
      return traces;
    },
    close() {
      delete process.env["SBF_TRACE_DIR"];
      rmSync(folder, { recursive: true });
    },
  };
}

function rowsOf(file: Uint8Array): BigUint64Array {
  return new BigUint64Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
}

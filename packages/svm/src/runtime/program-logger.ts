/** Log lines in Solana's form, within the bytes that one transaction may log. */
import type { Address, Host } from "@trireme/core";
import { maxLogBytes } from "./limits.ts";
import type { TransactionState } from "./transaction-state.ts";

/** Logs a line, unless it would reach the limit: the first such line is replaced by `Log truncated` (agave `log_collector`). */
export function logLine(host: Host, state: TransactionState, address: Address, line: string): void {
  const written = state.logBytes + utf8Length(line);
  if (written < maxLogBytes) {
    state.logBytes = written;
    host.emitProgramLog(address, line);
  } else if (!state.isLogTruncated) {
    state.isLogTruncated = true;
    host.emitProgramLog(address, "Log truncated");
  }
}

/** Bytes of a string in UTF-8; a surrogate pair has four. */
function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // Each half of a pair counts 2 of its 4 bytes.
    length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return length;
}

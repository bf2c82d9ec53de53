/** Logs as lines: how Solana's clients see the events of EVM contracts. */
import { base64 } from "@scure/base";
import { addressToHex, bytesToBigint, bytesToHex, equalBytes, hexToBytes, type Log } from "@trireme/core";

/** keccak256 of `ProgramData(bytes[])`: the log that `sol_log_data` makes beside its line. */
const programDataTopic = hexToBytes("0xcf18d9d3c0e4dcabe60058e25eb105ef0fb91396eb720a17107e2c100ea58e3d");

/** Program lines, then `EVM log: {"address","topics","data"}` for each log in its order that is not one of `sol_log_data`, which has its line already. */
export function withEventLines(lines: readonly string[], logs: readonly Log[]): readonly string[] {
  if (logs.length === 0) return lines;
  const shown = new Map<string, number>();
  for (const line of lines) if (line.startsWith("Program data: ")) shown.set(line, (shown.get(line) ?? 0) + 1);
  const events: string[] = [];
  for (const log of logs) {
    const line = programDataLine(log);
    const count = line === undefined ? 0 : (shown.get(line) ?? 0);
    if (count > 0) shown.set(line as string, count - 1);
    else events.push(eventLine(log));
  }
  return [...lines, ...events];
}

function eventLine({ address, topics, data }: Log): string {
  const event = { address: addressToHex(address), topics: topics.map(bytesToHex), data: bytesToHex(data) };
  return `EVM log: ${JSON.stringify(event)}`;
}

/** The line that `sol_log_data` printed for a log, if it is one of its logs. */
function programDataLine({ topics, data }: Log): string | undefined {
  const [topic] = topics;
  if (topics.length !== 1 || topic === undefined || !equalBytes(topic, programDataTopic)) return undefined;
  const fields = readFields(data);
  return fields === undefined ? undefined : `Program data: ${fields.map((field) => base64.encode(field)).join(" ")}`;
}

/** Reads abi.encode(bytes[]); undefined for other bytes. Any contract may have made them. */
function readFields(data: Uint8Array): readonly Uint8Array[] | undefined {
  const integerAt = (at: number): number => (at + 32 > data.length ? Infinity : Number(bytesToBigint(data.subarray(at, at + 32))));
  const count = integerAt(32);
  if (integerAt(0) !== 32 || count > data.length / 64) return undefined;
  const fields: Uint8Array[] = [];
  // Fields lie one behind the other, as encoders put them: a field cannot be counted twice.
  let next = 64 + 32 * count;
  for (let index = 0; index < count; index++) {
    const start = next;
    const length = integerAt(start);
    if (integerAt(64 + 32 * index) !== start - 64 || start + 32 + length > data.length) return undefined;
    fields.push(data.subarray(start + 32, start + 32 + length));
    next = start + 32 + 32 * Math.ceil(length / 32);
  }
  return fields;
}

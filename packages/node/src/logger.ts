/** Logs: one JSON object a line on stderr, so that stdout is left to what a command prints. */
import { destination, pino, type Logger } from "pino";

/** From quietest to loudest. */
export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

/** Makes the logger of a node. Writes synchronously: the last line before a crash is there. */
export function createLogger(level: LogLevel): Logger {
  return pino({ name: "trireme", level, base: null }, destination({ dest: 2, sync: true }));
}

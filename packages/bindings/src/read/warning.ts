/** Things that bindings leave out. */
import { isTriremeError } from "@trireme/core";

/** Takes one line about something that bindings leave out. */
export type Warn = (text: string) => void;

/** What `make` gives; nothing and a warning where it meets what has no binding. */
export function unlessDeclined<T>(what: string, warn: Warn, make: () => T): T[] {
  try {
    return [make()];
  } catch (error) {
    if (!isTriremeError(error) || error.code !== "NOT_SUPPORTED") throw error;
    warn(`${what} is left out: ${error.message}`);
    return [];
  }
}

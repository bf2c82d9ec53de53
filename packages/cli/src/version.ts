/** Version of the command: that of its package. */
import { readFileSync } from "node:fs";

/** As in package.json, which stands one folder above sources and built files alike. */
export const version: string = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
  .version;

/** `npm run floors`: imports only go down, and the execution path is synchronous. Exits 1 on a violation. */
import { fileURLToPath } from "node:url";
import { checkFloors } from "./floors.ts";
import { checkSynchronous } from "./synchronous.ts";
import { readWorkspace } from "./workspace.ts";

const workspace = readWorkspace(fileURLToPath(new URL("../..", import.meta.url)));
const violations = [
  ...checkFloors(workspace).map(({ file, line, rule, message }) => `${file}:${line}  [${rule}] ${message}`),
  ...checkSynchronous(workspace).map(({ file, line, message }) => `${file}:${line}  [synchronous] ${message}`),
];
for (const violation of violations) console.error(violation);
const files = workspace.packages.reduce((sum, item) => sum + item.files.length, 0);
console.log(`floors: ${workspace.packages.length} packages, ${files} files, ${violations.length} violations`);
process.exit(violations.length === 0 ? 0 : 1);

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { loadConfigFile } from "./config-file.ts";

const folder = mkdtempSync(join(tmpdir(), "trireme-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};

it("there need not be one", async () => {
  expect(await loadConfigFile(folder)).toEqual({});
});

it("is TypeScript", async () => {
  const name = write(
    "good.config.ts",
    "const port: number = 9000;\nexport default { port, allowedHosts: ['chain.test'] } satisfies object;",
  );
  expect(await loadConfigFile(folder, name)).toEqual({ port: 9000, allowedHosts: ["chain.test"] });
});

it.each([
  ["a missing file", "missing.config.ts", undefined, /expected a configuration file at .*missing\.config\.ts, there is none/],
  ["a file that throws", "throws.config.ts", "throw new Error('no');", /throws\.config\.ts does not load: no/],
  ["a wrong port", "port.config.ts", "export default { port: 70000 };", /port\.config\.ts: port: .*65535/],
  ["an unknown field", "field.config.ts", "export default { prot: 1 };", /field\.config\.ts: .*prot/],
  [
    "a chain that is none",
    "chain.config.ts",
    "export default { chain: 7 };",
    /chain\.config\.ts: chain: expected what defineChain returns/,
  ],
])("refuses %s in one line", async (_, name, text, message) => {
  if (text !== undefined) write(name, text);
  await expect(loadConfigFile(folder, name)).rejects.toThrow(message);
});

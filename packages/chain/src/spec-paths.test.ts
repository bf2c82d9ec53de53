// The specs name the tests that prove them: a test that moves takes its name in the specs along.
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("../../../", import.meta.url);
const specs = ["cross-vm", "logs-and-receipts", "token-face", "trace"];

/** Paths in backticks that name a file or a folder of a package, `{a,b}` written out. */
function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`((?:packages\/)?[a-z-]+\/(?:src\/)?[\w./{},-]+)`/g)].flatMap(([, path = ""]) => {
    const [, before = "", list, after = ""] = /^(.*)\{([^}]*)\}(.*)$/.exec(path) ?? [undefined, path];
    return list === undefined ? [path] : list.split(",").map((part) => `${before}${part}${after}`);
  });
}

function isThere(path: string): boolean {
  const short = path.replace(/^packages\//, "");
  const [name = "", ...rest] = short.split("/");
  const candidates = [path, `packages/${short}`, `packages/${name}/src/${rest.join("/")}`, `apps/${short}`];
  return candidates.some((candidate) => [candidate, `${candidate}.ts`].some((each) => existsSync(new URL(each, root))));
}

it.each(specs)("docs/spec/%s.md names files that are there", (spec) => {
  const text = readFileSync(new URL(`docs/spec/${spec}.md`, root), "utf8");
  const named = pathsIn(text).filter((path) => /^(packages|core|state|host|chain|svm|evm|wasm|rpc|node|cli|contract-as)\//.test(path));
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});

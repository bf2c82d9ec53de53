import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "trireme-conformance-"));
const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A transfer of 1 wei at a gas price of 10, by fields and key; its root is the one of the three accounts that it leaves. */
const transfer = {
  env: {
    currentCoinbase: "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba",
    currentGasLimit: "0x07270e00",
    currentNumber: "0x01",
    currentTimestamp: "0x03e8",
    currentRandom: "0x00",
    currentDifficulty: "0x00",
    currentBaseFee: "0x0a",
  },
  pre: { "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b": { nonce: "0x00", balance: "0x033451", code: "0x", storage: {} } },
  transaction: {
    nonce: "0x00",
    gasPrice: "0x0a",
    gasLimit: ["0x5208"],
    to: "0x1000000000000000000000000000000000000000",
    value: ["0x01"],
    data: ["0x"],
    sender: "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b",
    secretKey: "0x45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8",
  },
  post: {
    Shanghai: [
      {
        indexes: { data: 0, gas: 0, value: 0 },
        hash: "0x0000000000000000000000000000000000000000000000000000000000000000",
        logs: "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
      },
    ],
    Berlin: [{ indexes: { data: 0, gas: 0, value: 0 }, hash: "0x00", logs: "0x00" }],
  },
};

interface JsonRun {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly file: string; readonly label?: string; readonly problem: string }[];
}

function conformance(...given: readonly string[]): { readonly status: number | null; readonly lines: readonly string[] } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/run.mjs", "apps/conformance/src/main.ts", ...given], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, lines: `${stdout}${stderr}`.trim().split("\n") };
}

function write(path: string, post: unknown = transfer.post): void {
  writeFileSync(join(folder, path), JSON.stringify({ transfer: { ...transfer, post } }));
}

beforeAll(() => {
  for (const name of ["good", "mixed", "empty"]) mkdirSync(join(folder, name));
  write("mixed/a-wrong-root.json");
  writeFileSync(join(folder, "mixed/b-no-json.json"), "{");
  writeFileSync(join(folder, "mixed/c-no-test.json"), '{"x":{"env":1}}');
  writeFileSync(join(folder, "mixed/d-array.json"), "[]");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a bad file is named, counted and does not stop the run; the root that was reached makes the case pass", () => {
  const { status, lines } = conformance("evm", join(folder, "mixed"), "--", "--workers", "1", "--json");
  const run = JSON.parse(lines.join("\n")) as JsonRun;
  expect(status).toBe(1);
  expect(run).toMatchObject({ passed: 0, failed: 4, skipped: 1 });
  expect(run.failures.map(({ file }) => file)).toEqual(["a-wrong-root.json", "b-no-json.json", "c-no-test.json", "d-array.json"]);
  expect(run.failures[0]?.label).toBe("transfer Shanghai/0/0/0");
  expect(run.failures[2]?.problem).toMatch(/expected env to be an object, got 1/);

  const got = /got (0x[0-9a-f]{64})/.exec(run.failures[0]?.problem ?? "")?.[1];
  const [shanghai] = transfer.post.Shanghai;
  write("good/a.json", { Shanghai: [{ ...shanghai, hash: got }], Berlin: transfer.post.Berlin });
  const good = conformance("evm", join(folder, "good"), "--workers", "2");
  expect([good.status, good.lines.at(-1)]).toEqual([0, "1 passed, 0 failed, 1 skipped"]);
  const none = conformance("evm", join(folder, "good"), "--filter", "no such test");
  expect([none.status, none.lines.at(-1)]).toEqual([1, "0 passed, 0 failed, 0 skipped"]);
});

test("nothing to run is a failure", () => {
  const empty = conformance("evm", join(folder, "empty"));
  expect([empty.status, empty.lines.at(-1)]).toEqual([1, "0 passed, 0 failed, 0 skipped"]);
  const missing = conformance("evm-blocks", join(folder, "nowhere"));
  expect([missing.status, missing.lines.at(-1)]).toEqual([1, expect.stringMatching(/expected a folder of test vectors, got .*nowhere/)]);
});

// The net on a real node: what the story shows, and that three implementations of it are one.
import { readFileSync } from "node:fs";
import { bytesToHex } from "@trireme/core";
import { defineDevChain, deriveDevAccounts, startNode, type RunningNode } from "@trireme/node";
import { BaseError, ContractFunctionRevertedError } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { drawDigit, imageSize } from "./digits/draw-digit.ts";
import { logitsOf } from "./model/net.ts";
import { netFromModel, readModel } from "./model/model-file.ts";
import { createRandom } from "./random.ts";
import { measure } from "./scene.ts";
import { createSession, type Session } from "./session.ts";
import { playStory, type Story } from "./story.ts";

const accounts = deriveDevAccounts(undefined, 2);
const net = netFromModel(readModel());
const lines: string[] = [];
let node: RunningNode;
let other: Session;
let story: Story;

beforeAll(async () => {
  node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, logLevel: "silent" });
  const [first, second] = accounts.filter(({ kind }) => kind === "evm").map((account) => createSession(node.http, account));
  other = second!;
  story = await playStory(first!, (line) => lines.push(line));
});
afterAll(() => node.close());

it("tells the story that the README shows", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const shown = /```text\n([\s\S]*?)```/.exec(readme)?.[1]?.trimEnd().split("\n") ?? [];
  expect(shown.length).toBeGreaterThan(20);
  // Hashes are of this day's fee; sizes and prices move with compilers and meters, and another test holds their proportions.
  const plain = (line: string): string => line.replace(/0x[0-9a-f]{64}|[\d,]{4,}|x [\d.]+/g, "#").replace(/ +/g, " ");
  expect(lines.map(plain)).toEqual(shown.map(plain));
});

it("gives the same scores in WASM, in Solidity and in TypeScript, for digits and for images that are none", async () => {
  const random = createRandom(3);
  const digits = Array.from({ length: 59 }, (_, index) => drawDigit(random, index % 10));
  const noise = Array.from({ length: 12 }, () => Uint8Array.from({ length: imageSize }, () => random.below(256)));
  const flat = [0, 1, 128, 255].map((value) => new Uint8Array(imageSize).fill(value));
  const images = [...flat, ...noise, ...digits];
  const { scene } = story;
  // The WASM contract has two pages of memory.
  for (let from = 0; from < images.length; from += 25) {
    const some = images.slice(from, from + 25);
    const expected = some.flatMap((image) => Array.from(logitsOf(net, image)));
    expect((await measure(scene, scene.wasm, some)).logits).toEqual(expected);
    expect((await measure(scene, scene.packed, some)).logits).toEqual(expected);
    // The plain one is slow on any machine.
    expect((await measure(scene, scene.plain, some.slice(0, 1))).logits).toEqual(expected.slice(0, 10));
  }
});

it("costs a tenth of the plain net in Solidity for one image, and a fiftieth for each further one", () => {
  const { wasm, plain, packed } = story;
  expect(plain.first / wasm.first).toBeGreaterThanOrEqual(10n);
  expect(plain.further / wasm.further).toBeGreaterThanOrEqual(50n);
  expect(packed.first / wasm.first).toBeGreaterThanOrEqual(2n);
  expect(packed.further / wasm.further).toBeGreaterThanOrEqual(10n);
});

/** The error that a call of the token gives. */
async function refusal(session: Session, functionName: string, ...args: readonly unknown[]) {
  const { address, abi } = story.scene.token;
  const error: unknown = await session.client.simulateContract({ address, abi, functionName, args }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const reverted = error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : undefined;
  if (!(reverted instanceof ContractFunctionRevertedError)) throw new Error(`${functionName} did not revert`, { cause: error });
  return [reverted.data?.errorName, ...(reverted.data?.args ?? [])];
}

async function read(functionName: string, ...args: readonly unknown[]): Promise<unknown> {
  const { address, abi } = story.scene.token;
  return other.client.readContract({ address, abi, functionName, args });
}

async function write(functionName: string, ...args: readonly unknown[]): Promise<void> {
  const { address, abi } = story.scene.token;
  await other.receiptOf(await other.client.writeContract({ address, abi, functionName, args }));
}

it("mints for what is asked for only, and once for an image", async () => {
  const random = createRandom(21);
  const drawn = new Map<number, string>();
  // Within eleven tokens a digit is asked for twice.
  for (;;) {
    const asked = (await read("asked")) as number;
    const again = drawn.get(asked);
    if (again !== undefined) {
      expect((await refusal(other, "mint", again))[0]).toBe("SeenBefore");
      break;
    }
    const wrong = (asked + 3) % 10;
    expect(await refusal(other, "mint", bytesToHex(drawDigit(random, wrong)))).toEqual(["NotTheDigit", asked, wrong]);
    const image = bytesToHex(drawDigit(random, asked));
    await write("mint", image);
    drawn.set(asked, image);
  }
  expect(await read("balanceOf", other.client.account.address)).toBe(BigInt(drawn.size));
  expect(await refusal(other, "mint", "0x00")).toEqual(["Error", "expected 784 pixels"]);
});

it("moves a token by its owner and whoever is allowed, and nobody else", async () => {
  const { client } = story.scene.session;
  const [owner, friend] = [other.client.account.address, client.account.address];
  expect(await refusal(story.scene.session, "transferFrom", owner, friend, 2n)).toEqual(["NotAllowed", friend, 2n]);
  await write("approve", friend, 2n);
  const { address, abi } = story.scene.token;
  const moving = await client.writeContract({ address, abi, functionName: "transferFrom", args: [owner, friend, 2n] });
  await story.scene.session.receiptOf(moving);
  expect([await read("ownerOf", 2n), await read("balanceOf", friend)]).toEqual([friend, 2n]);
  expect(await refusal(other, "transferFrom", friend, owner, 2n)).toEqual(["NotAllowed", owner, 2n]);
  expect(await refusal(other, "ownerOf", 99n)).toEqual(["NoSuchToken", 99n]);
});

// Replays what a tool sends to a node: requests from a transcript, byte for byte as its HTTP client sends them.
import { request } from "node:http";
import { expect } from "vitest";
import type { Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";

/** A request of the transcript, and what is read of its answer. */
interface TranscriptRequest {
  readonly method: string;
  readonly params?: unknown;
  readonly expect?: Expectation;
  readonly keep?: Readonly<Record<string, string>>;
}

interface Expectation {
  readonly result?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly error?: { readonly message: string; readonly data?: string };
}

/** One step of a command; a mere name is a request. */
type Step =
  | string
  | { readonly use: string; readonly where?: Readonly<Record<string, string>>; readonly expect?: Expectation }
  | { readonly provider: string }
  | { readonly sign: Readonly<Record<string, string | number>>; readonly keep: string }
  | { readonly set: Names }
  | { readonly scale: string; readonly percent: number; readonly keep: string }
  | { readonly fees: string };

/** What a transcript's file holds. */
export interface Transcript {
  readonly http: { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>> };
  readonly requests: Readonly<Record<string, TranscriptRequest>>;
  readonly commands: readonly { readonly command: string; readonly program: string; readonly steps: readonly Step[] }[];
}

/** Names in the transcript and their values: hexadecimal digits. */
export type Names = Record<string, string>;

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
}

/** Plays the steps of one command against a node, and checks every answer; `names` keeps what later commands need. */
export async function replayCommand(
  transcript: Transcript,
  steps: readonly Step[],
  { url, wallet, names }: { readonly url: string; readonly wallet: PrivateKeyAccount; readonly names: Names },
): Promise<void> {
  let id = 0;
  let feeHistory: unknown;
  for (const step of steps) {
    if (typeof step === "object" && "provider" in step) id = 0;
    else if (typeof step === "object" && "set" in step) {
      for (const [name, template] of Object.entries(step.set)) names[name] = fill(template, names);
    } else if (typeof step === "object" && "scale" in step) {
      names[step.keep] = ((BigInt(`0x${names[step.scale] ?? ""}`) * BigInt(step.percent)) / 100n).toString(16);
    } else if (typeof step === "object" && "fees" in step) estimateFees(feeHistory, names);
    else if (typeof step === "object" && "sign" in step) names[step.keep] = (await sign(step.sign, wallet, names)).slice(2);
    else {
      const { use, where = {}, ...given } = typeof step === "string" ? { use: step } : step;
      const known = transcript.requests[use];
      if (known === undefined) throw new Error(`expected a request of the transcript, got ${use}`);
      const { method, params, expect: expected, keep = {} } = { ...known, ...given };
      const local = { ...names, ...Object.fromEntries(Object.entries(where).map(([name, other]) => [name, names[other] ?? ""])) };
      const body = fill(JSON.stringify({ method, ...(params === undefined ? {} : { params }), id, jsonrpc: "2.0" }), local);
      const answer = await post(url, transcript.http, body, id++);
      check(use, answer, expected ?? {}, local);
      if (answer.error !== undefined) continue;
      for (const [name, path] of Object.entries(keep)) {
        const value = valueAt(answer, path);
        if (typeof value === "string") names[name] = value.replace(/^0x/, "");
        else feeHistory = value;
      }
    }
  }
}

/** Sends one body as alloy's transport does with reqwest, which adds no header of its own but these and the length. */
function post(url: string, { method, path, headers }: Transcript["http"], body: string, id: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers: { ...headers, "content-length": Buffer.byteLength(body) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        try {
          expect({ status: response.statusCode, body, answer: text }).toMatchObject({ status: 200 });
          const { jsonrpc, id: answered, ...answer } = JSON.parse(text) as Answer & { readonly jsonrpc: string; readonly id: number };
          expect([jsonrpc, answered]).toEqual(["2.0", id]);
          resolve(answer);
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function check(use: string, answer: Answer, { result, fields, error }: Expectation, names: Names): void {
  const seen: [string, unknown, string][] = [];
  if (error !== undefined) {
    seen.push(["error.message", answer.error?.message, error.message]);
    if (error.data !== undefined) seen.push(["error.data", answer.error?.data, error.data]);
  } else if (result !== undefined) seen.push(["result", answer.result, result]);
  for (const [path, pattern] of Object.entries(fields ?? {})) seen.push([path, valueAt(answer.result, path), pattern]);
  for (const [path, value, pattern] of seen) {
    const isThere = new RegExp(fill(pattern, names)).test(String(value));
    if (!isThere) throw new Error(`${use}: expected ${path} like ${fill(pattern, names)}, got ${JSON.stringify(answer).slice(0, 1000)}`);
  }
}

/** A part of an answer; a number behind hexadecimal text is one of its words, a negative one counts from the end. */
function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const part of path.split(".")) {
    if (typeof value === "string") value = value.slice(2 + 64 * Number(part), 66 + 64 * Number(part));
    else value = (value as Record<string, unknown> | undefined)?.[part];
  }
  return value;
}

function fill(text: string, names: Names): string {
  const raw = text.replaceAll(/"\$\{raw ([^}]*)\}"/g, "$1");
  return raw.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = names[name];
    if (value === undefined) throw new Error(`expected a value of ${name}`);
    return value;
  });
}

/** alloy's estimate: the median of the rewards above zero, twice the base fee of the latest block. */
function estimateFees(feeHistory: unknown, names: Names): void {
  const { baseFeePerGas, reward } = feeHistory as {
    readonly baseFeePerGas: readonly string[];
    readonly reward: readonly (readonly string[])[];
  };
  const rewards = reward
    .map(([first = "0x0"]) => BigInt(first))
    .filter((value) => value > 0n)
    .toSorted((a, b) => Number(a - b));
  const middle = rewards.length >> 1;
  const [low = 0n, high = 0n] = [rewards[middle - 1], rewards[middle]];
  const median = rewards.length % 2 === 0 ? (low + high) / 2n : high;
  const priority = median > 1n ? median : 1n;
  names["priorityFee"] = priority.toString(16);
  names["maxFee"] = (2n * BigInt(baseFeePerGas.at(-2) ?? "0x0") + priority).toString(16);
}

function sign(fields: Readonly<Record<string, string | number>>, wallet: PrivateKeyAccount, names: Names): Promise<Hex> {
  const text = (name: string): string => fill(String(fields[name] ?? "0"), names);
  const number = (name: string): bigint => BigInt(`0x${text(name)}`);
  return wallet.signTransaction({
    type: "eip1559",
    chainId: Number(number("chainId")),
    nonce: Number(number("nonce")) + Number(fields["transactionsBefore"] ?? 0),
    gas: number("gas"),
    maxFeePerGas: number("maxFeePerGas"),
    maxPriorityFeePerGas: number("maxPriorityFeePerGas"),
    value: number("value"),
    data: `0x${text("data")}`,
    ...("to" in fields ? { to: `0x${text("to")}` as Hex } : {}),
  });
}

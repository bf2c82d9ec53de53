/** `trireme lanes`: who ran a block's transactions, where and when. */
import type { RpcBlockReport } from "@trireme/rpc";
import { drawLanes, toChromeTrace, type BlockReport } from "@trireme/scheduler";
import { askNode, nodeUrl, refuseAnswer } from "../ask-node.ts";
import { integerOption, refuseOption, textOption } from "../options.ts";
import { writeOutput } from "../output-file.ts";
import { hasColors, terminalColumns } from "../terminal.ts";

const tags = ["latest", "safe", "finalized", "earliest"];
/** Blocks in a row without transactions that are passed over where none is named. */
const mostEmpty = 64n;

/** Runs the command; without a block, for the newest one that has transactions. */
export async function lanes(block: string | undefined, options: Readonly<Record<string, unknown>>): Promise<void> {
  const columns = integerOption("--width", options["width"], 20, 1_000) ?? terminalColumns();
  const path = textOption("--chrome-trace", options["chromeTrace"]);
  const url = nodeUrl(textOption("--rpc-url", options["rpcUrl"]));
  const answer = await askNode(url, "trireme_getBlockReport", [block === undefined ? await newestBlock(url) : blockParameter(block)]);
  if (!isReport(answer)) return refuseAnswer(url, "the report of a block", answer);
  const report = readReport(answer);
  if (path !== undefined)
    writeOutput("--chrome-trace", path, JSON.stringify(toChromeTrace(report, (index) => answer.transactions[index]?.hash ?? undefined)));
  if (options["json"] === true) {
    console.log(JSON.stringify(answer));
    return;
  }
  console.log(drawLanes(report, { columns, color: hasColors() }).join("\n"));
  if (path !== undefined) console.log(`\n${path}: open it at https://ui.perfetto.dev or chrome://tracing`);
}

async function newestBlock(url: string): Promise<string> {
  const answer = await askNode(url, "eth_blockNumber", []);
  if (typeof answer !== "string" || !isQuantity(answer)) return refuseAnswer(url, "the number of a block", answer);
  const head = BigInt(answer);
  for (let number = head; number > 0n && number + mostEmpty > head; number--) {
    const hex = `0x${number.toString(16)}`;
    if ((await askNode(url, "eth_getBlockTransactionCountByNumber", [hex])) !== "0x0") return hex;
  }
  return "latest";
}

/** A number as people write it, or what a node takes. */
function blockParameter(block: string): string {
  if (/^\d{1,19}$/.test(block)) return `0x${BigInt(block).toString(16)}`;
  if (tags.includes(block) || /^0x([0-9a-f]{1,16}|[0-9a-f]{64})$/i.test(block)) return block;
  return refuseOption("block", `a number, a hash or one of ${tags.join(", ")}`, block);
}

function readReport({ blockNumber, transactions, ...rest }: RpcBlockReport): BlockReport {
  return { ...rest, block: BigInt(blockNumber), transactions };
}

function isQuantity(text: string): boolean {
  return /^0x[0-9a-f]+$/.test(text);
}

function isReport(value: unknown): value is RpcBlockReport {
  const { blockNumber, mode, transactions, conflicts, wallTime } = (value ?? {}) as Partial<Record<keyof RpcBlockReport, unknown>>;
  const isNumbered = typeof blockNumber === "string" && isQuantity(blockNumber);
  return isNumbered && typeof mode === "string" && typeof wallTime === "number" && Array.isArray(transactions) && Array.isArray(conflicts);
}

/** A traced transaction for the terminal. */
import type { TransactionTrace } from "@trireme/rpc";
import { createColors } from "picocolors";
import type { AnnotatedFrame } from "./annotated-frame.ts";
import {
  callText,
  costText,
  grouped,
  logText,
  outputText,
  passesOn,
  quantity,
  reasonText,
  shortCallText,
  shownLines,
  valueText,
} from "./frame-text.ts";

/** How the tree is printed. */
export interface TreeTextOptions {
  readonly colors: boolean;
  /** Input, output and logs uncut, accounts of instructions, every line that a program printed. */
  readonly isVerbose: boolean;
}

type Colors = ReturnType<typeof createColors>;

/** Frame after frame, each with its VM, callee, call, cost and outcome; the failing one marked, and the way to it below. */
export function treeText(traced: TransactionTrace, root: AnnotatedFrame, options: TreeTextOptions): string {
  const colors = createColors(options.colors);
  const isFailed = traced.failedAt !== null;
  const lines = [
    `${colors.bold(traced.hash)} ${isFailed ? colors.red("failed") : colors.green("succeeded")}`,
    ...(traced.dialect === "solana" ? [`Solana transaction ${traced.signature}`] : []),
    `block ${quantity(traced.blockNumber)}, place ${quantity(traced.transactionIndex)}, ${grouped(quantity(root.gasUsed))} of ${grouped(quantity(root.gas))} gas`,
    "",
  ];
  const printer = new TreePrinter(lines, colors, options.isVerbose);
  const isBatch = traced.dialect !== "ethereum";
  printer.print(root, traced.failedAt ?? undefined, "", "", isBatch);
  if (traced.failedAt !== null && traced.failedAt.length > 0) lines.push("", ...failureText(root, traced.failedAt, isBatch, colors));
  return lines.join("\n");
}

class TreePrinter {
  private readonly lines: string[];
  private readonly colors: Colors;
  private readonly isVerbose: boolean;

  constructor(lines: string[], colors: Colors, isVerbose: boolean) {
    this.lines = lines;
    this.colors = colors;
    this.isVerbose = isVerbose;
  }

  /** `path` is the rest of the way to the failing frame, undefined off it; `first` and `rest` go before the frame's own lines. */
  print(frame: AnnotatedFrame, path: readonly number[] | undefined, first: string, rest: string, isBatch = false): void {
    const { colors, isVerbose } = this;
    const { calls = [] } = frame;
    const isHere = path?.length === 0;
    this.lines.push(colors.dim(first) + (isBatch ? this.batchHead(frame) : this.head(frame)));
    const inside = rest + (calls.length === 0 ? "   " : "│  ");
    const note = (text: string): void => void this.lines.push(colors.dim(inside) + text);

    const reason = passesOn(frame) ? undefined : reasonText(frame);
    const output = outputText(frame, isVerbose);
    for (const account of isVerbose ? accountLines(frame) : []) note(colors.dim(account));
    for (const line of shownLines(frame, isVerbose)) note(colors.dim(`> ${line}`));
    // Logs stand where they were made, between the calls.
    const logs = [...(frame.logs ?? [])];
    const noteLogs = (before: number): void => {
      while (logs[0] !== undefined && Number(logs[0].position) <= before) {
        note(`${colors.cyan("event")} ${logText(logs[0], isVerbose)}`);
        logs.shift();
      }
    };
    for (const [place, call] of calls.entries()) {
      noteLogs(place);
      const isLast = place === calls.length - 1 && logs.length === 0 && output === undefined && reason === undefined;
      const inner = path !== undefined && path[0] === place ? path.slice(1) : undefined;
      this.print(call, inner, `${rest}${isLast ? "└─ " : "├─ "}`, `${rest}${isLast ? "   " : "│  "}`);
    }
    noteLogs(Number.MAX_SAFE_INTEGER);
    const end = colors.dim(rest + (calls.length === 0 ? "   " : "└─ "));
    if (reason !== undefined)
      this.lines.push(`${end}${colors.red(`✗ ${reason}`)}${isHere ? colors.red(colors.bold("  <- failed here")) : ""}`);
    else if (output !== undefined) this.lines.push(`${end}${colors.green("→")} ${output}`);
  }

  private head(frame: AnnotatedFrame): string {
    const { colors } = this;
    const { error, type, value } = frame;
    const kind = type === "CALL" || type === "CREATE" ? "" : ` ${colors.dim(`[${type.toLowerCase()}]`)}`;
    const wei = valueText(value);
    const call = callText(frame, this.isVerbose);
    return [
      badge(frame.vm ?? "evm", colors),
      ` ${error === undefined ? call : colors.red(call)}${kind}`,
      wei === undefined ? "" : `  ${colors.yellow(wei)}`,
      `  ${colors.dim(costText(frame))}`,
    ].join("");
  }

  private batchHead(frame: AnnotatedFrame): string {
    const { calls = [] } = frame;
    return `${this.colors.bold(`${calls.length} instruction${calls.length === 1 ? "" : "s"}`)} by ${frame.from}  ${this.colors.dim(costText(frame))}`;
  }
}

function accountLines({ accounts = [], accountNames = [] }: AnnotatedFrame): readonly string[] {
  return accounts.map(({ pubkey, signer, writable }, index) => {
    const flags = [signer ? "signer" : "", writable ? "writable" : ""].filter((flag) => flag !== "").join(", ");
    return `${accountNames[index] ?? `account ${index}`} ${pubkey}${flags === "" ? "" : ` (${flags})`}`;
  });
}

/** The VM's name, four wide so that callees stand in line. */
function badge(vm: string, colors: Colors): string {
  const name = vm.toUpperCase().padEnd(4);
  switch (vm) {
    case "evm":
      return colors.bold(colors.blue(name));
    case "wasm":
      return colors.bold(colors.magenta(name));
    case "svm":
      return colors.bold(colors.green(name));
    default:
      return colors.bold(colors.yellow(name));
  }
}

/** The way to the failing frame, outermost first. */
function failureText(root: AnnotatedFrame, path: readonly number[], isBatch: boolean, colors: Colors): readonly string[] {
  const frames = [root];
  for (const place of path) {
    const next = frames.at(-1)?.calls?.[place];
    if (next !== undefined) frames.push(next);
  }
  // The root of a batch is nobody's frame.
  if (isBatch) frames.shift();
  return [
    colors.bold("Failed at"),
    ...frames.map((frame, depth) => {
      const isLast = depth === frames.length - 1;
      const reason = isLast ? `: ${reasonText(frame) ?? ""}` : "";
      return `  ${"  ".repeat(depth)}${badge(frame.vm ?? "evm", colors)} ${shortCallText(frame)}${colors.red(reason)}`;
    }),
  ];
}

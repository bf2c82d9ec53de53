/** Reports in a terminal: a lane for each worker, from the begin of the block to its end. */
import type { BlockReport } from "./block-report.ts";
import { laneCells, mainCells, type CellKind, type LaneCell, type LaneRun } from "./lane-cells.ts";
import { clip, fold, shortenHex, timeText } from "./line-text.ts";

/** How lanes are drawn. */
export interface DrawLanesOptions {
  /** Width of the terminal; no line is longer. */
  readonly columns: number;
  /** Whether lines hold ANSI colours. */
  readonly color: boolean;
}

/** Keys that are named. */
const maxKeys = 5;
/** Room for ` 100 %` behind a lane, where it has at least so many cells. */
const shareWidth = 6;
const fewCells = 12;
const heights = "▁▂▃▄▅▆▇█";
const glyphs: Readonly<Record<CellKind, string>> = { idle: "·", executed: "█", aborted: "×", stopped: "~", main: "▒" };
const colors: Readonly<Record<CellKind, number>> = { idle: 90, executed: 32, aborted: 31, stopped: 33, main: 36 };
const legend: readonly (readonly [CellKind, string])[] = [
  ["executed", "ran"],
  ["aborted", "ran in vain"],
  ["stopped", "stopped to wait"],
  ["main", "main thread"],
  ["idle", "idle"],
];

/** The lines of a report. Where there are more runs than cells, the kinds have their share of the cells. */
export function drawLanes(report: BlockReport, options: DrawLanesOptions): readonly string[] {
  const columns = Math.max(1, Math.floor(options.columns));
  const paint = (text: string, kind: CellKind): string => (options.color ? `\u001b[${colors[kind]}m${text}\u001b[39m` : text);
  const lanes = drawn(report, columns, paint);
  return [
    ...fold(summary(report), columns),
    ...(lanes === undefined ? [] : ["", ...lanes.lines, "", ...drawnLegend(lanes.kinds, columns, paint)]),
    ...drawnConflicts(report, columns),
  ];
}

type Paint = (text: string, kind: CellKind) => string;

function summary(report: BlockReport): readonly string[] {
  const { block, mode, reason, workers, transactions, aborts, restFrom, wallTime, speedUp, lostEvents } = report;
  const runs = transactions.flatMap((each) => each.runs);
  const stopped = runs.filter(({ outcome }) => outcome === "blocked" || outcome === "faulted").length;
  const facts = [
    ...(mode === "serial" ? [] : [`${speedUp.toFixed(2)}x of one worker`, `${aborts} ran again`, `${stopped} stopped to wait`]),
    ...(restFrom === undefined ? [] : [`one after the other from ${restFrom} on`]),
    ...(lostEvents === 0 ? [] : [`${count(lostEvents, "event")} not recorded`]),
  ];
  return [
    `block ${block}:`,
    count(transactions.length, "transaction"),
    mode === "serial" ? "one after the other" : `on ${count(workers, "worker")}`,
    `(${reason})`,
    ...(wallTime === 0 ? [] : [`in ${timeText(wallTime)}${facts.length === 0 ? "" : ":"}`]),
    ...facts.map((fact, place) => (place + 1 < facts.length ? `${fact},` : fact)),
  ];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** Runs by worker, also of those who had none; no lanes where nothing was recorded. */
function lanesOf({ workers, transactions }: BlockReport): readonly (readonly LaneRun[])[] {
  const lanes = Array.from({ length: workers }, (): LaneRun[] => []);
  for (const { index, runs } of transactions) for (const run of runs) (lanes[run.worker] ??= []).push({ ...run, transaction: index });
  return lanes.some((lane) => lane.length > 0) ? Array.from(lanes, (lane) => lane ?? []) : [];
}

/** Undefined where there are no lanes; `kinds` are those that are to be seen. */
function drawn(report: BlockReport, columns: number, paint: Paint) {
  const { mode, wallTime, handedOut, handedBack } = report;
  const lanes = lanesOf(report);
  if (lanes.length === 0) return undefined;
  const isSerial = mode === "serial";
  const labelWidth = isSerial ? "main ".length : `worker ${lanes.length - 1} `.length;
  const isNarrow = columns < labelWidth + fewCells + shareWidth;
  const labels = lanes.map((_, worker) => (isSerial ? "main " : isNarrow ? `${worker} ` : `worker ${worker} `));
  const width = Math.max(...labels.map((label) => label.length));
  const count = Math.max(1, columns - width - (isNarrow ? 0 : shareWidth));
  const kinds = new Set<CellKind>();
  const line = (label: string, cells: readonly LaneCell[], busy: number): string => {
    if (width >= columns) return clip(label, columns);
    for (const { kind } of cells) kinds.add(kind);
    const share = `${Math.round((wallTime === 0 ? 0 : busy / wallTime) * 100)} %`;
    return `${label.padEnd(width)}${drawnCells(cells, paint)}${isNarrow ? "" : share.padStart(shareWidth)}`;
  };
  const lines = lanes.map((lane, worker) => {
    const busy = lane.reduce((sum, { start, end }) => sum + end - start, 0);
    return line(labels[worker] as string, laneCells(lane, wallTime, count), busy);
  });
  if (!isSerial && !isNarrow)
    lines.unshift(line("main", mainCells(handedOut, handedBack, wallTime, count), handedOut + wallTime - handedBack));
  const axis = `${" ".repeat(width)}0${timeText(wallTime).padStart(count - 1)}`;
  return { lines: [...lines, clip(axis, columns)], kinds };
}

/** Cells of the same kind in one colour; a transaction that has room in its cells is named there. */
function drawnCells(cells: readonly LaneCell[], paint: Paint): string {
  const text = cells.map(glyphOf);
  for (let start = 0, end = 0; start < cells.length; start = end) {
    const { kind, transaction } = cells[start] as LaneCell;
    for (end = start + 1; end < cells.length && cells[end]?.transaction === transaction && cells[end]?.kind === kind;) end++;
    const name = `${transaction ?? ""}`;
    if (end - start >= name.length + 2) for (let place = 0; place < name.length; place++) text[start + 1 + place] = name.charAt(place);
  }
  let line = "";
  for (let start = 0, end = 0; start < cells.length; start = end) {
    const { kind } = cells[start] as LaneCell;
    for (end = start + 1; end < cells.length && cells[end]?.kind === kind;) end++;
    line += paint(text.slice(start, end).join(""), kind);
  }
  return line;
}

function glyphOf({ kind, busy }: LaneCell): string {
  return kind === "executed" ? (heights[Math.max(0, Math.round(busy * heights.length) - 1)] as string) : glyphs[kind];
}

function drawnLegend(kinds: ReadonlySet<CellKind>, columns: number, paint: Paint): readonly string[] {
  const texts = legend.flatMap(([kind, text]) => (kinds.has(kind) ? [[kind, `${glyphs[kind]} ${text}`] as const] : []));
  // In one line or one each: folded entries would be hard to tell apart.
  const isOneLine = texts.reduce((sum, [, text]) => sum + text.length + 3, -3) <= columns;
  const painted = texts.map(([kind, text]) => {
    const clipped = clip(text, columns);
    return `${paint(clipped.slice(0, 1), kind)}${clipped.slice(1)}`;
  });
  return isOneLine ? [painted.join("   ")] : painted;
}

function drawnConflicts({ conflicts, transactions }: BlockReport, columns: number): readonly string[] {
  if (conflicts.length === 0) return [];
  const width = `${conflicts[0]?.aborts ?? 0}`.length;
  const named = conflicts.slice(0, maxKeys).map(({ key, aborts }) => {
    const line = (name: string): string => `${`${aborts}`.padStart(width)} × ${name}`;
    const whole = line(key);
    const clipped = clip(whole.length <= columns ? whole : line(shortenHex(key)), columns);
    return `${clipped}${pairsText(pairsOf(key, transactions), columns - clipped.length)}`;
  });
  const left = conflicts.length - named.length;
  return [
    "",
    ...fold(["what made transactions run again:"], columns),
    ...named,
    ...(left === 0 ? [] : [clip(`and ${left} more`, columns)]),
  ];
}

/** Who ran again because of a key, and who had written it. */
function pairsOf(key: string, transactions: BlockReport["transactions"]): readonly string[] {
  return transactions.flatMap(({ index, runs }) =>
    runs.flatMap(({ conflict, by }) => (conflict !== key || by === undefined ? [] : [`${index} after ${by}`])),
  );
}

/** `: 1 after 0, 2 after 1, …`, as many as there is room for. */
function pairsText(pairs: readonly string[], room: number): string {
  let text = "";
  for (const [place, pair] of pairs.entries()) {
    const next = `${text}${place === 0 ? ": " : ", "}${pair}`;
    const rest = place + 1 < pairs.length ? ", …" : "";
    if (next.length + rest.length > room) return text === "" ? "" : `${text}, …`;
    text = next;
  }
  return text;
}

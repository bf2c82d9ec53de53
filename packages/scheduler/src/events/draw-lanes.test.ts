import { describe, expect, it } from "vitest";
import { drawLanes } from "./draw-lanes.ts";
import { largeReport, serialReport, smallReport, watchedReport } from "./test-report.mts";

const draw = (...[report, columns, color = false]: [typeof smallReport, number, boolean?]) => drawLanes(report, { columns, color });
/** Colours of a line, and its text without them. */
const escape = new RegExp(`${String.fromCodePoint(0x1b)}\\[(\\d+)m`, "gu");

describe("drawn lanes", () => {
  it("show each run in its place", () => {
    expect(draw(smallReport, 60)).toEqual([
      "block 42: 6 transactions on 2 workers",
      "(4 or more transactions) in 800 µs: 1.29x of one worker,",
      "1 ran again, 2 stopped to wait",
      "",
      "main     ··········································▒▒▒   8 %",
      "worker 0 █0██████████1██████▆··▄3███████████████▃·····  81 %",
      "worker 1 ×1×××××××~~4~~~·····▆2█████████▄·▂5████▃▄4███  76 %",
      "         0                                      800 µs",
      "",
      "█ ran",
      "× ran in vain",
      "~ stopped to wait",
      "▒ main thread",
      "· idle",
      "",
      "what made transactions run again:",
      "1 × slot 0x000000…0007 of 0xababab…abab: 1 after 0",
    ]);
  });

  it("are one where a block ran serially", () => {
    expect(draw(watchedReport, 70)).toEqual([
      "block 45: 3 transactions one after the other",
      "(3 transactions, fewer than 32) in 1.00 ms",
      "",
      "main ·····▁0████████████████▃1███2████████████████████████▁·····  79 %",
      "     0                                                   1.00 ms",
      "",
      "█ ran   · idle",
    ]);
  });

  it("keep to a narrow terminal", () => {
    expect(draw(smallReport, 24)).toEqual([
      "block 42: 6 transactions",
      "on 2 workers",
      "(4 or more transactions)",
      "in 800 µs:",
      "1.29x of one worker,",
      "1 ran again,",
      "2 stopped to wait",
      "",
      "0 █0████1██▅▁3███████▂··",
      "1 ×1××~~~··▁2████▃▄5█▄██",
      "  0               800 µs",
      "",
      "█ ran",
      "× ran in vain",
      "~ stopped to wait",
      "· idle",
      "",
      "what made transactions",
      "run again:",
      "1 × slot 0x000000…0007 …",
    ]);
  });

  it("have the same text in colour", () => {
    const [plain, colored] = [draw(smallReport, 100), draw(smallReport, 100, true)];
    expect(colored.map((line) => line.replaceAll(escape, ""))).toEqual(plain);
    const lane = colored.find((line) => line.startsWith("worker 1")) as string;
    expect(new Set([...lane.matchAll(escape)].map(([, code]) => code))).toEqual(new Set(["31", "33", "90", "32", "39"]));
  });

  it("of a block that nobody watched are none", () => {
    expect(draw(serialReport, 100)).toEqual(["block 44: 2 transactions one after the other (fewer than 8 transactions)"]);
  });

  it("of 10,000 transactions give each kind its share of the cells", () => {
    const lines = draw(largeReport(10_000, 4), 115);
    const cells = lines.filter((line) => line.startsWith("worker")).map((line) => line.slice(9, 109));
    const counted = (text: string, glyph: string): number => text.split(glyph).length - 1;
    // Workers 0 and 2 run every tenth transaction of the block twice: a sixth of their time is in vain; 1 and 3 are done sooner.
    expect(cells.map((lane) => [lane.length, counted(lane, "×"), counted(lane, "·")])).toEqual([
      [100, 17, 0],
      [100, 0, 16],
      [100, 17, 0],
      [100, 0, 16],
    ]);
    expect(lines.slice(-7)).toEqual([
      "what made transactions run again:",
      ...["00", "01", "02", "03", "04"].map((byte) => `143 × account 0x${byte.repeat(20)}`),
      "and 2 more",
    ]);
  });

  it("are never wider than the terminal", () => {
    const reports = [smallReport, serialReport, watchedReport, largeReport(300, 12), { ...smallReport, wallTime: 0, lostEvents: 3 }];
    const widths = [0, 1, 2, 3, 5, 8, 9, 10, 13, 21, 26, 27, 28, 40, 79, 200];
    const wide = reports.flatMap((report) =>
      widths.flatMap((width) => draw(report, width).filter((line) => line.length > Math.max(1, width))),
    );
    expect(wide).toEqual([]);
  });
});

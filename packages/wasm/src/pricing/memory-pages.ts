/** What pages of memory cost, in gas (nitro, arbos/programs/memory.go): each a fee beyond the free ones, and together a price that doubles with every five. */
import type { StylusParameters } from "./stylus-parameters.ts";

/** Pages of all programs of a transaction. */
export interface PageCounts {
  /** In use by the frames that now run. */
  readonly open: number;
  /** The most that ever were in use together. */
  readonly ever: number;
}

/** Bytes of a page. */
export const pageSize = 65_536;

const mostPages = 0xffff;

/** Gas for `added` pages more; `Infinity` where more than 128 would be in use. */
export function pageGasCost(
  added: number,
  { open, ever }: PageCounts,
  parameters: Pick<StylusParameters, "freePages" | "pageGas">,
): number {
  const { freePages, pageGas } = parameters;
  const openAfter = Math.min(mostPages, open + added);
  const everAfter = Math.max(ever, openAfter);
  if (everAfter <= freePages) return 0;
  const charged = Math.max(0, openAfter - freePages) - Math.max(0, open - freePages);
  // Where more than 128 pages were ever open, both prices are infinite and nothing is added.
  const growth = everAfter === ever ? 0 : pagesEverCost(everAfter) - pagesEverCost(ever);
  return charged * pageGas + growth;
}

/** The counts after a frame has taken `added` pages. */
export function pagesAdded(added: number, { open, ever }: PageCounts): PageCounts {
  const openAfter = Math.min(mostPages, open + added);
  return { open: openAfter, ever: Math.max(ever, openAfter) };
}

/** Gas for having had so many pages in use: floor(31,874,000 ^ (pages / 128)), as a table so that no machine's powers are in it. */
function pagesEverCost(pages: number): number {
  return pagesEver[pages] ?? Infinity;
}

const pagesEver: readonly number[] = [
  1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 11, 12, 14, 17, 19, 22, 25, 29, 33, 38, 43, 50, 57, 65, 75, 85, 98, 112, 128, 147,
  168, 193, 221, 253, 289, 331, 379, 434, 497, 569, 651, 745, 853, 976, 1117, 1279, 1463, 1675, 1917, 2194, 2511, 2874, 3290, 3765, 4309,
  4932, 5645, 6461, 7395, 8464, 9687, 11_087, 12_689, 14_523, 16_621, 19_024, 21_773, 24_919, 28_521, 32_642, 37_359, 42_758, 48_938,
  56_010, 64_104, 73_368, 83_971, 96_106, 109_994, 125_890, 144_082, 164_904, 188_735, 216_010, 247_226, 282_953, 323_844, 370_643, 424_206,
  485_509, 555_672, 635_973, 727_880, 833_067, 953_456, 1_091_243, 1_248_941, 1_429_429, 1_636_000, 1_872_423, 2_143_012, 2_452_704,
  2_807_151, 3_212_820, 3_677_113, 4_208_502, 4_816_684, 5_512_756, 6_309_419, 7_221_210, 8_264_766, 9_459_129, 10_826_093, 12_390_601,
  14_181_199, 16_230_562, 18_576_084, 21_260_563, 24_332_984, 27_849_408, 31_873_999,
];

/** Every price of the WASM environment, each as a mutant in which it is one more. */
import { readFileSync } from "node:fs";
import { opcodeTable, stylusOpcodePrices } from "@trireme/wasm";
import { numbersOf } from "./numbers.mjs";

/** The environment with one price changed. */
export type PriceMutant = NumberMutant | OpcodeMutant;

/** A number of a source file. */
export interface NumberMutant {
  readonly kind: "number";
  /** File, line and change, for people. */
  readonly label: string;
  /** Relative to the package's `src`. */
  readonly file: string;
  /** Among the numbers of the file with this value. */
  readonly occurrence: number;
  readonly from: string;
  readonly to: string;
}

/** An entry of the table of instructions. */
export interface OpcodeMutant {
  readonly kind: "opcode";
  readonly label: string;
  readonly opcode: number;
  readonly price: number;
}

/** Where prices stand, and which lines of a file have them; without `lines`, all have. */
const pricedFiles: readonly { readonly file: string; readonly lines?: RegExp; readonly except?: RegExp }[] = [
  { file: "pricing/hostio-prices.ts" },
  { file: "pricing/opcode-prices.ts" },
  { file: "pricing/program-gas.ts" },
  // 65,535 pages are beyond all that can be paid; a page's size is WebAssembly's.
  { file: "pricing/memory-pages.ts", except: /0xffff|pageSize/ },
  // The other lines are the widths of the fields.
  { file: "pricing/stylus-parameters.ts", lines: /^ {2}\w+: [\d_]+,$/ },
  { file: "activation/activation-cost.ts", except: /0xffff/ },
  // The first state's time takes nothing off a demand of 0; the other lines are the caps of 32 and 64 bits.
  { file: "activation/data-pricer.ts", lines: /bytesPerSecond: M|minPrice: \d|inertia: \d|const bips|const terms|terms - 1n/ },
  { file: "activation/program-age.ts", lines: /^(?:export )?const (?!mostHours)/ },
  { file: "activation/component-code.ts", lines: /isWarm \?/ },
  { file: "precompiles/precompile.ts", lines: /Gas = |Gas \* |input\.length - 4\)/ },
  { file: "precompiles/activate-program.ts", lines: /Gas = |kilobyte = |arbosVersion >= 60\) gas/ },
  { file: "precompiles/arb-wasm.ts", lines: /^const |\* 1024/ },
  { file: "precompiles/arb-wasm-cache.ts", lines: /Gas = / },
  { file: "hostio/storage-cost.ts" },
  { file: "hostio/storage-cache.ts", lines: /(?:reads|writes) <= / },
  { file: "hostio/storage.ts", lines: /Gas = |pointerInk/ },
  { file: "hostio/transient.ts", lines: /Gas = |pointerInk/ },
  { file: "hostio/account.ts", lines: /Gas = |pointerInk/ },
  { file: "hostio/log.ts", lines: /Gas = |byteGas \* |count > 4/ },
  { file: "hostio/call.ts", lines: /Gas = \d|stipend = |failed = |pointerInk|64\)/ },
  { file: "hostio/create.ts", lines: /Gas = \d|\/ 32|\/ 64|createContract\(frame, \d/ },
  { file: "hostio/math.ts", lines: /pointerInk/ },
  { file: "hostio/program-io.ts", lines: /readPrice\(/ },
];

/** Lists all mutants: of the sources, then of the instructions. */
export function listPriceMutants(): readonly PriceMutant[] {
  return [...pricedFiles.flatMap(numberMutants), ...opcodeMutants()];
}

function numberMutants({ file, lines, except }: (typeof pricedFiles)[number]): readonly NumberMutant[] {
  const source = readFileSync(new URL(`../../../../packages/wasm/src/${file}`, import.meta.url), "utf8");
  const numbers = numbersOf(source);
  const mutants = numbers.flatMap(({ start, value }, index): NumberMutant[] => {
    const before = source.slice(0, start);
    const line = source.slice(before.lastIndexOf("\n") + 1, source.indexOf("\n", start));
    const isDefault = file === "pricing/stylus-parameters.ts";
    // 0 and 1 bound, count and compare; only a parameter's default is an amount.
    if (!isDefault && (value === "0" || (value === "1" && !isAmount(line)))) return [];
    if (lines?.test(line) === false || except?.test(line) === true) return [];
    const to = String(BigInt(value) + 1n);
    const place = `${file}:${before.split("\n").length}`;
    const occurrence = numbers.slice(0, index).filter((other) => other.value === value).length;
    return [{ kind: "number", label: `${place} ${line.trim()}: ${value} -> ${to}`, file, occurrence, from: value, to }];
  });
  if (mutants.length === 0) throw new Error(`expected prices in ${file}, got none`);
  return mutants;
}

/** A table's row, or a named price. */
function isAmount(line: string): boolean {
  return /^ {2}[\d_, ]+,$/.test(line) || /^ {2}(?:"[\w.]+"|\w+): 1,$/.test(line);
}

function opcodeMutants(): readonly OpcodeMutant[] {
  return opcodeTable.map(({ code, name }) => {
    const price = stylusOpcodePrices.byOpcode[code] ?? Infinity;
    // What cannot be paid could be.
    const changed = Number.isFinite(price) ? price + 1 : 1;
    return { kind: "opcode", label: `${name}: ${price} -> ${changed}`, opcode: code, price: changed };
  });
}

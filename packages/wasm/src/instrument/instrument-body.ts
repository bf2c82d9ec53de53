/**
 * The middlewares over one body, in one pass: what each of them would write one behind the other is written at once.
 * The frame of a function and the price of a block are known only behind them; their places are filled in then.
 */
import { pushInstruction, type InstructionBuffer } from "../binary/instruction-buffer.ts";
import { emptyBlock, opcode, opcodeSpace, type Mnemonic } from "../binary/opcodes.ts";
import { WasmFaultError } from "../binary/wasm-fault.ts";
import type { FunctionBody, FunctionType, InstructionStream } from "../binary/wasm-module.ts";
import type { OpcodePrices } from "../pricing/opcode-prices.ts";
import {
  bulkValues,
  fillBlockHeader,
  fillFrame,
  headerValues,
  writeBlockHeader,
  writeBulkPrice,
  writeHeapBound,
  writePrologue,
  writeReclaim,
  type MeterGlobals,
} from "./meter-code.ts";
import { stackEffect, type Arity } from "./stack-effect.ts";

/** What the bodies of a module have in common. */
export interface BodyContext {
  readonly source: InstructionStream;
  readonly output: InstructionBuffer;
  readonly functions: Arity;
  readonly types: readonly FunctionType[];
  readonly globals: MeterGlobals;
  /** The function that pays for `memory.grow`; undefined where the memory cannot grow. */
  readonly payFunction: number | undefined;
  readonly prices: OpcodePrices;
}

/** Words of a frame beside its locals and values. */
const frameWords = 4;
const largestFrame = 10_240;
const mostValues = 4096;
/** Instructions of a body with its meters. */
const mostInstructions = 65_536;

/** What an instruction needs beside being copied and counted. */
const special = { none: 0, block: 1, else: 2, end: 3, call: 4, callIndirect: 5, branchTable: 6, return: 7, bulk: 8, grow: 9 } as const;

/** By opcode: one of `special`. */
const specials = tableOf({
  block: special.block,
  loop: special.block,
  if: special.block,
  else: special.else,
  end: special.end,
  call: special.call,
  call_indirect: special.callIndirect,
  br_table: special.branchTable,
  return: special.return,
  "memory.copy": special.bulk,
  "memory.fill": special.bulk,
  "memory.grow": special.grow,
});

/** By opcode: 1 where a block of the meter ends behind the instruction. */
const endsBlock = tableOf({ end: 1, else: 1, return: 1, loop: 1, br: 1, br_table: 1, br_if: 1, if: 1, call: 1, call_indirect: 1 });

/** A function that writes a body with its meters into the output and answers the words of its frame. @throws WasmFaultError for a body beyond a limit */
export function createBodyWriter(context: BodyContext): (body: FunctionBody, index: number) => number {
  const { source, output, functions, types, globals, payFunction, prices } = context;
  const { byOpcode } = prices;
  // The stack's height at the start of each open block, and where frames are given back.
  const scopes: number[] = [];
  const reclaims: number[] = [];

  return (body, index) => {
    const begin = output.length;
    const last = body.end - 1;
    scopes.length = 0;
    scopes.push(0);
    reclaims.length = 0;
    writePrologue(output, globals.stackLeft);
    let headerAt = writeBlockHeader(output, globals);
    let stack = 0;
    let worst = headerValues;
    let cost = 0;

    for (let at = body.start; at < body.end; at++) {
      const code = source.opcodes[at] ?? 0;
      const first = source.first[at] ?? 0;
      const second = source.second[at] ?? 0;
      cost += byOpcode[code] ?? Infinity;

      switch (specials[code] ?? special.none) {
        case special.none:
          break;
        case special.block: {
          if (code === opcode.if) stack = Math.max(0, stack - 1);
          const type = first >= 0 ? types[first] : undefined;
          if (type !== undefined) stack += type.results.length;
          else if (first !== emptyBlock) stack++;
          if (stack > worst) worst = stack;
          if (type !== undefined) stack = Math.max(0, stack - type.params.length);
          scopes.push(stack);
          break;
        }
        case special.else:
          stack = scopes.at(-1) ?? 0;
          break;
        case special.end:
          stack = scopes.pop() ?? 0;
          break;
        case special.call:
          stack += functions.outs[first] ?? 0;
          if (stack > worst) worst = stack;
          stack = Math.max(0, stack - (functions.ins[first] ?? 0));
          break;
        case special.callIndirect: {
          const ins = types[first]?.params.length ?? 0;
          cost += prices.indirectParameter * ins;
          stack += types[first]?.results.length ?? 0;
          if (stack > worst) worst = stack;
          stack = Math.max(0, stack - ins - 1);
          break;
        }
        case special.branchTable:
          cost += prices.branchTarget * second;
          break;
        case special.return:
          reclaims.push(writeReclaim(output, globals.stackLeft));
          break;
        case special.bulk: {
          writeBulkPrice(output, globals, prices.bulkByte);
          const belowLength = Math.max(0, stack - 1);
          if (belowLength + bulkValues > worst) worst = belowLength + bulkValues;
          stack = belowLength + 1;
          break;
        }
        default:
          if (payFunction !== undefined) writeHeapBound(output, globals.scratch, payFunction);
      }
      const effect = stackEffect[code] ?? 0;
      stack = Math.max(0, stack + effect);
      if (stack > worst) worst = stack;

      if (at === last) {
        reclaims.push(writeReclaim(output, globals.stackLeft));
        pushInstruction(output, opcode.return, 0, 0);
      }
      pushInstruction(output, code, first, second);
      if (endsBlock[code] === 1) {
        fillBlockHeader(output, headerAt, cost + prices.block);
        cost = 0;
        if (at !== last) {
          headerAt = writeBlockHeader(output, globals);
          if (stack + headerValues > worst) worst = stack + headerValues;
        }
      }
    }

    const frame = worst + body.locals.length + frameWords;
    checkLimit(index, "instructions with its meters", mostInstructions, output.length - begin);
    checkLimit(index, "values on the stack at once", mostValues, worst);
    checkLimit(index, "words in its frame", largestFrame, frame);
    fillFrame(output, begin, reclaims, frame);
    return frame;
  };
}

function checkLimit(body: number, what: string, most: number, count: number): void {
  if (count > most) throw new WasmFaultError("limitExceeded", `body ${body}: expected at most ${most} ${what}, got ${count}`);
}

function tableOf(values: Readonly<Partial<Record<Mnemonic, number>>>): Uint8Array {
  const table = new Uint8Array(opcodeSpace);
  for (const [name, value] of Object.entries(values) as [Mnemonic, number][]) table[opcode[name]] = value;
  return table;
}

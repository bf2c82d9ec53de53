/** What the chain keeps about an activated program: one storage word per code hash (nitro, arbos/programs/programs.go). */
import { TriremeError } from "@trireme/core";

/** The record; a version of 0 is a program that was never activated. */
export interface ProgramRecord {
  /** The Stylus version at activation. */
  readonly version: number;
  /** Predicted gas to start it. */
  readonly initCost: number;
  /** Predicted gas to start it where it is cached. */
  readonly cachedCost: number;
  /** Pages of memory at the start. */
  readonly footprint: number;
  /** Hours since 2015-01-16 05:00 UTC (Unix time 1421388000). */
  readonly activatedAt: number;
  /** Predicted size of the compiled program in units of 1024 bytes. */
  readonly asmEstimateKb: number;
  /** True where the cache's keeper keeps it cached. */
  readonly cached: boolean;
}

const recordLength = 32;

/** The record as a storage word: big-endian fields from the left, zeros behind them. @throws TriremeError `INVALID_ARGUMENT` for a field that does not fit. */
export function encodeProgramRecord(record: ProgramRecord): Uint8Array {
  const word = new Uint8Array(recordLength);
  let at = 0;
  for (const [name, width] of fields) {
    const value = record[name];
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * width)) {
      throw new TriremeError("INVALID_ARGUMENT", `program record: expected ${name} in ${width} bytes, got ${value}`);
    }
    for (let i = width - 1; i >= 0; i--) word[at++] = (value >> (8 * i)) & 0xff;
  }
  word[at] = record.cached ? 1 : 0;
  return word;
}

/** The record in a storage word, of which an empty one is the record of a program that was never activated. @throws TriremeError `INVALID_LENGTH` unless it has 32 bytes */
export function decodeProgramRecord(word: Uint8Array): ProgramRecord {
  if (word.length !== recordLength) {
    throw new TriremeError("INVALID_LENGTH", `program record: expected ${recordLength} bytes, got ${word.length}`);
  }
  return {
    version: integerAt(word, 0, 2),
    initCost: integerAt(word, 2, 2),
    cachedCost: integerAt(word, 4, 2),
    footprint: integerAt(word, 6, 2),
    activatedAt: integerAt(word, 8, 3),
    asmEstimateKb: integerAt(word, 11, 3),
    cached: word[14] !== 0,
  };
}

function integerAt(word: Uint8Array, offset: number, width: number): number {
  let value = 0;
  for (let index = offset; index < offset + width; index++) value = (value << 8) | (word[index] as number);
  return value;
}

/** The numbers of a record in order, and their bytes. */
const fields = [
  ["version", 2],
  ["initCost", 2],
  ["cachedCost", 2],
  ["footprint", 2],
  ["activatedAt", 3],
  ["asmEstimateKb", 3],
] as const;

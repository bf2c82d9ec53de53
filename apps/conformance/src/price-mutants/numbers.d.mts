/** A number in a source. */
export interface SourceNumber {
  readonly start: number;
  readonly end: number;
  /** Decimal digits. */
  readonly value: string;
  readonly isBig: boolean;
}
/** Every number of a source, in order. */
export function numbersOf(source: string): SourceNumber[];

/** Stack of one EVM frame, in place of the engine's own: a word can be looked at without an array around it. */
import { frameEnd } from "./ethereumjs.ts";
import { frameEnds } from "./halt-reason.ts";

const MOST_WORDS = 1024;

/** Same methods as the engine's `Stack`, and `top`. Every one ends the frame where there are too few words or too many. */
export class FrameStack {
  readonly #words: bigint[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(word: bigint): void {
    if (this.#length === MOST_WORDS) throw frameEnd(frameEnds.stackOverflow);
    this.#words[this.#length++] = word;
  }

  pop(): bigint {
    if (this.#length === 0) throw frameEnd(frameEnds.stackUnderflow);
    return this.#words[--this.#length] as bigint;
  }

  /** The word that so many others lie on. */
  top(others: number): bigint {
    if (this.#length <= others) throw frameEnd(frameEnds.stackUnderflow);
    return this.#words[this.#length - 1 - others] as bigint;
  }

  /** Takes words away, the topmost first. */
  popN(count: number): bigint[] {
    const words = count === 2 ? [this.top(0), this.top(1)] : this.peek(count);
    this.#length -= count;
    return words;
  }

  /** The words on top, the topmost first. */
  peek(count = 1): bigint[] {
    if (this.#length < count) throw frameEnd(frameEnds.stackUnderflow);
    return this.#words.slice(this.#length - count, this.#length).reverse();
  }

  /** Puts a copy of the word that `position - 1` others lie on onto the top. */
  dup(position: number): void {
    this.push(this.top(position - 1));
  }

  /** Exchanges the word on top with the one that `others` lie on. */
  swap(others: number): void {
    const below = this.top(others);
    this.#words[this.#length - 1 - others] = this.#words[this.#length - 1] as bigint;
    this.#words[this.#length - 1] = below;
  }

  /** A copy, the topmost word last. */
  getStack(): bigint[] {
    return this.#words.slice(0, this.#length);
  }
}

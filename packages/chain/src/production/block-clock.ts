/** The one clock of a chain: which time the next block has. Slot = block number; equal seconds are allowed. */
import { TriremeError } from "@trireme/core";

/** Everything that moves the clock; plain, so that a snapshot is a copy of the reference. */
export interface ClockState {
  /** Seconds that the chain is ahead of the system clock; negative when behind. */
  readonly offset: bigint;
  /** Exactly this time for the next block. */
  readonly next: bigint | undefined;
  /** Seconds between blocks instead of the system clock's. */
  readonly interval: bigint | undefined;
}

/** The clock. Nothing in execution reads it: a block carries its time. */
export interface BlockClock {
  readonly state: ClockState;
  /** Unix seconds of a block after one at `parent`, never before it. */
  timestampAfter(parent: bigint): bigint;
  /** To be called when a block with `timestamp` was made: an exact time is used up, and time goes on from it. */
  advance(timestamp: bigint): void;
  /** Moves the clock ahead; gives the seconds that it is ahead by now. */
  increase(seconds: bigint): bigint;
  /** @throws TriremeError `INVALID_ARGUMENT` when it is before `parent`. */
  setNext(timestamp: bigint, parent: bigint): void;
  setTime(timestamp: bigint): void;
  setInterval(seconds: bigint | undefined): void;
  restore(state: ClockState): void;
}

/** `now` gives milliseconds since 1970. */
export function createBlockClock(now: () => number): BlockClock {
  let state: ClockState = { offset: 0n, next: undefined, interval: undefined };
  const systemSeconds = (): bigint => BigInt(Math.floor(now() / 1000));
  return {
    get state() {
      return state;
    },
    timestampAfter: (parent) => {
      if (state.next !== undefined) return state.next > parent ? state.next : parent;
      const time = state.interval === undefined ? systemSeconds() + state.offset : parent + state.interval;
      return time > parent ? time : parent;
    },
    advance: (timestamp) => {
      if (state.next !== undefined) state = { ...state, next: undefined, offset: timestamp - systemSeconds() };
    },
    increase: (seconds) => {
      state = { ...state, offset: state.offset + seconds };
      return state.offset;
    },
    setNext: (timestamp, parent) => {
      if (timestamp < parent) {
        throw new TriremeError("INVALID_ARGUMENT", `expected a timestamp of at least ${parent}, that of the head, got ${timestamp}`);
      }
      state = { ...state, next: timestamp };
    },
    setTime: (timestamp) => {
      state = { ...state, offset: timestamp - systemSeconds(), next: undefined };
    },
    setInterval: (seconds) => {
      state = { ...state, interval: seconds };
    },
    restore: (earlier) => {
      state = earlier;
    },
  };
}

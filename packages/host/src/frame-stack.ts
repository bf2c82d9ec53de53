/** The frames that the host has entered and that have not returned, over all environments. */
import { addressToHex, equalBytes, type Address, type Message } from "@trireme/core";
import type { RegisteredEnvironment } from "./registry.ts";

/** One entered frame. */
export interface HostFrame {
  readonly message: Message;
  readonly entry: RegisteredEnvironment;
  readonly isStatic: boolean;
  /** Entered through another environment while its own was on the stack already. */
  readonly isReentry: boolean;
  /** Bytes of the memory budget that were left when it was entered. */
  readonly memoryAtEntry: number;
  /** What its message froze, by name, where that is much; made when it is first asked for. */
  frozenNames: ReadonlySet<string> | undefined;
}

/** Up to here comparing accounts is faster than naming them. */
const few = 16;

const none: number[] = [];

/** Depth, static-ness, re-entries, frozen accounts and memory of one stack. */
export class FrameStack {
  top: HostFrame | undefined;
  memoryLeft: number;
  /** Whether a write may be against the rules: the innermost frame is static, or accounts are frozen. */
  isGuarded = false;
  private readonly frames: HostFrame[] = [];
  private readonly reentryLimit: number;
  private readonly memoryBudget: number;
  /** Frames on the stack and re-entries among them, by environment index. */
  private entered: number[] = none;
  private reentered: number[] = none;
  private readonly environments: number;
  private freezing = 0;

  constructor(environments: number, reentryLimit: number, memoryBudget: number) {
    this.environments = environments;
    this.reentryLimit = reentryLimit;
    this.memoryBudget = memoryBudget;
    this.memoryLeft = memoryBudget;
  }

  /** Enters a frame; undefined when that would be one re-entry too many. */
  enter(message: Message, entry: RegisteredEnvironment): HostFrame | undefined {
    const { index } = entry;
    // Most transactions enter nothing: the counters are made for those that do.
    if (this.entered === none) {
      this.entered = [];
      for (let each = 0; each < this.environments; each++) this.entered.push(0);
      this.reentered = this.entered.slice();
    }
    const isReentry = this.top !== undefined && this.top.entry.index !== index && (this.entered[index] as number) > 0;
    if (isReentry && (this.reentered[index] as number) >= this.reentryLimit) return undefined;
    const frame: HostFrame = {
      message,
      entry,
      isStatic: message.isStatic,
      isReentry,
      memoryAtEntry: this.memoryLeft,
      frozenNames: undefined,
    };
    (this.entered[index] as number)++;
    if (isReentry) (this.reentered[index] as number)++;
    if (message.frozen !== undefined) this.freezing++;
    this.frames.push(frame);
    this.settleTop(frame);
    return frame;
  }

  /** Leaves `frame` and whatever an exception left above it; memory that they still held comes back. */
  leave(frame: HostFrame): void {
    for (;;) {
      const last = this.frames.pop();
      if (last === undefined) break;
      const { index } = last.entry;
      (this.entered[index] as number)--;
      if (last.isReentry) (this.reentered[index] as number)--;
      if (last.message.frozen !== undefined) this.freezing--;
      if (last === frame) break;
    }
    this.memoryLeft = frame.memoryAtEntry;
    this.settleTop(this.frames.at(-1));
  }

  /**
   * The frame that froze an account. Where several did it is the outermost: were it an inner one, its caller could
   * catch the failure of a write that the outer frame forbade (rule 7).
   */
  freezerOf(address: Address): HostFrame | undefined {
    if (this.freezing === 0) return undefined;
    const name = addressToHex(address);
    return this.frames.find((frame) => hasFrozen(frame, address, name));
  }

  /** Entered frames of calls, static calls and creates on an account. */
  countOpen(address: Address): number {
    let count = 0;
    for (const { message } of this.frames) if (isOpenOn(message, address)) count++;
    return count;
  }

  reserveMemory(bytes: number): boolean {
    if (bytes > this.memoryLeft) return false;
    this.memoryLeft -= bytes;
    return true;
  }

  releaseMemory(bytes: number): void {
    this.memoryLeft = Math.min(this.memoryBudget, this.memoryLeft + bytes);
  }

  private settleTop(frame: HostFrame | undefined): void {
    this.top = frame;
    this.isGuarded = this.freezing > 0 || frame?.isStatic === true;
  }
}

/** Sixty frames may hold 255 accounts each: comparing a write with all of them would cost more than the write. */
function hasFrozen(frame: HostFrame, address: Address, name: string): boolean {
  const { frozen } = frame.message;
  if (frozen === undefined) return false;
  if (frozen.length <= few) return frozen.some((held) => equalBytes(held, address));
  return (frame.frozenNames ??= new Set(frozen.map(addressToHex))).has(name);
}

function isOpenOn(message: Message, address: Address): boolean {
  if (message.kind === "instruction") return false;
  const isItsOwn = message.kind === "create" || message.scheme === "call" || message.scheme === "staticcall";
  return isItsOwn && equalBytes(message.recipient, address);
}

/** State as frames see it: the journal, with the writes refused that a static frame or a frozen account forbids. */
import type { Address, Hash, Host, Log, Pubkey, SvmRecord, Tracer } from "@trireme/core";
import type { Journal } from "@trireme/state";
import type { FrameStack, HostFrame } from "./frame-stack.ts";
import { Unwinding, type UnwindingReason } from "./unwinding.ts";

type GuardedHost = Omit<
  Host,
  "block" | "transaction" | "getBlockHash" | "call" | "openFrames" | "checkpoint" | "commit" | "revert" | "kindOf" | "mayDeploy"
>;

/** The part of a Host that is state. */
export class GuardedState implements GuardedHost {
  readonly tracer: Tracer | undefined;
  protected readonly journal: Journal;
  protected readonly frames: FrameStack;
  /** An exception on its way out of the frames. */
  protected escaped: { readonly error: unknown } | undefined;

  constructor(journal: Journal, frames: FrameStack, tracer: Tracer | undefined) {
    this.journal = journal;
    this.frames = frames;
    this.tracer = tracer;
  }

  emitLog(log: Log): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    const kept: Log = { address: log.address, topics: log.topics.map((topic) => topic.slice()), data: log.data.slice() };
    this.journal.emitLog(kept);
    this.tracer?.log(kept);
  }

  emitProgramLog(address: Address, line: string): void {
    this.journal.emitProgramLog(address, line);
    this.tracer?.programLog?.(address, line);
  }

  reserveMemory(bytes: number): boolean {
    return this.frames.reserveMemory(bytes);
  }

  releaseMemory(bytes: number): void {
    this.frames.releaseMemory(bytes);
  }

  exists(address: Address): boolean {
    return this.journal.exists(address);
  }

  getBalance(address: Address): bigint {
    return this.journal.getBalance(address);
  }

  setBalance(address: Address, wei: bigint): void {
    if (this.frames.isGuarded && this.journal.getBalance(address) !== wei) this.refuseChange(address);
    this.journal.setBalance(address, wei);
  }

  credit(address: Address, wei: bigint): void {
    if (this.frames.isGuarded && wei !== 0n) this.refuseChange(address);
    this.journal.credit(address, wei);
  }

  burn(address: Address, wei: bigint): void {
    if (this.frames.isGuarded && wei !== 0n) this.refuseChange(address);
    this.journal.burn(address, wei);
  }

  transfer(from: Address, to: Address, wei: bigint): boolean {
    if (this.frames.isGuarded && wei !== 0n && this.journal.getBalance(from) >= wei) {
      this.refuseChange(from);
      this.refuseChange(to);
    }
    return this.journal.transfer(from, to, wei);
  }

  getNonce(address: Address): bigint {
    return this.journal.getNonce(address);
  }

  setNonce(address: Address, nonce: bigint): void {
    if (this.frames.isGuarded && this.journal.getNonce(address) !== nonce) this.refuseInStaticFrame();
    this.journal.setNonce(address, nonce);
  }

  getCode(address: Address): Uint8Array {
    return this.journal.getCode(address);
  }

  getCodeSize(address: Address): number {
    return this.journal.getCodeSize(address);
  }

  getCodeHash(address: Address): Hash {
    return this.journal.getCodeHash(address);
  }

  setCode(address: Address, code: Uint8Array): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    this.journal.setCode(address, code);
  }

  touch(address: Address): void {
    this.journal.touch(address);
  }

  getStorage(address: Address, key: Uint8Array): Uint8Array {
    return this.journal.getStorage(address, key);
  }

  getOriginalStorage(address: Address, key: Uint8Array): Uint8Array {
    return this.journal.getOriginalStorage(address, key);
  }

  setStorage(address: Address, key: Uint8Array, value: Uint8Array): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    this.journal.setStorage(address, key, value);
  }

  hasStorage(address: Address): boolean {
    return this.journal.hasStorage(address);
  }

  clearStorage(address: Address): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    this.journal.clearStorage(address);
  }

  getTransientStorage(address: Address, key: Uint8Array): Uint8Array {
    return this.journal.getTransientStorage(address, key);
  }

  setTransientStorage(address: Address, key: Uint8Array, value: Uint8Array): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    this.journal.setTransientStorage(address, key, value);
  }

  getSvmRecord(address: Address): SvmRecord | undefined {
    return this.journal.getSvmRecord(address);
  }

  setSvmRecord(address: Address, record: SvmRecord): void {
    if (this.frames.isGuarded) this.refuseChange(address);
    this.journal.setSvmRecord(address, record);
  }

  removeSvmRecord(address: Address): void {
    if (this.frames.isGuarded) this.refuseChange(address);
    this.journal.removeSvmRecord(address);
  }

  getBoundPubkey(address: Address): Pubkey | undefined {
    return this.journal.getBoundPubkey(address);
  }

  readAccountData(address: Address, offset: number, target: Uint8Array): void {
    this.journal.readAccountData(address, offset, target);
  }

  writeAccountData(address: Address, offset: number, source: Uint8Array): void {
    if (this.frames.isGuarded) this.refuseChange(address);
    this.journal.writeAccountData(address, offset, source);
  }

  accessAccount(address: Address): boolean {
    return this.journal.accessAccount(address);
  }

  accessStorage(address: Address, key: Uint8Array): boolean {
    return this.journal.accessStorage(address, key);
  }

  isWarmAccount(address: Address): boolean {
    return this.journal.isWarmAccount(address);
  }

  isWarmStorage(address: Address, key: Uint8Array): boolean {
    return this.journal.isWarmStorage(address, key);
  }

  markCreated(address: Address): void {
    this.journal.markCreated(address);
  }

  wasCreated(address: Address): boolean {
    return this.journal.wasCreated(address);
  }

  destroy(address: Address): void {
    if (this.frames.isGuarded) this.refuseChange(address);
    this.journal.destroy(address);
  }

  isDestroyed(address: Address): boolean {
    return this.journal.isDestroyed(address);
  }

  private refuseChange(address: Address): void {
    this.refuseInStaticFrame();
    const freezer = this.frames.freezerOf(address);
    if (freezer !== undefined) this.unwind(freezer, "accountFrozen");
  }

  private refuseInStaticFrame(): void {
    const { top } = this.frames;
    if (top?.isStatic === true) this.unwind(top, "writeProtection");
  }

  protected unwind(frame: HostFrame, reason: UnwindingReason): never {
    this.escaped = { error: new Unwinding(frame, reason) };
    throw this.escaped.error;
  }
}

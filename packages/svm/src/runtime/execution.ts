/** One unbroken run of SVM frames: the stack, the accounts and the meter that its instructions share. */
import { emptyBytes, type Host, type Instruction, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import { instructionErrorText } from "../errors/instruction-error-text.ts";
import { programIds } from "../known-keys.ts";
import type { ComputeMeter } from "../sbpf/engine.ts";
import { ProgramFault, type VmFaultName } from "../sbpf/program-fault.ts";
import type { AccountTable } from "./account-table.ts";
import type { AccountGrowth } from "./borrowed-account.ts";
import { callContract, leadsOut } from "./contract-call.ts";
import { ExecutionFault, faultOfProgram } from "./execution-fault.ts";
import { InstructionFrame, type InstructionAccount } from "./instruction-frame.ts";
import type { ContractCall, InvokeContext, NativeProgram } from "./invoke-context.ts";
import { maxInstructionTrace, maxStackHeight } from "./limits.ts";
import type { LoadedAccount } from "./loaded-account.ts";
import { prepareInvocation } from "./prepare-invocation.ts";
import { logLine } from "./program-logger.ts";
import { base58Of, samePubkey } from "./pubkey-names.ts";
import { runProgram } from "./run-program.ts";
import type { FoundProgram, RuntimeParts } from "./runtime-parts.ts";
import { traceEnter, traceExit } from "./trace-frames.ts";
import type { InnerInstruction } from "./transaction-record.ts";
import type { TracedInstruction, TransactionState } from "./transaction-state.ts";

/** What a run begins with. */
export interface ExecutionOptions {
  readonly host: Host;
  readonly parts: RuntimeParts;
  readonly meter: ComputeMeter;
  readonly table: AccountTable;
  /** Of the transaction. */
  readonly state: TransactionState;
  readonly heapLength: number;
  /** Stack height of the first frame. */
  readonly stackHeight: number;
  /** Depth of the first frame among all VMs'. */
  readonly depth: number;
  readonly isStatic: boolean;
  /** Place of the top-level instruction; undefined for a run that another VM entered. */
  readonly instructionIndex: number | undefined;
}

/** The instruction to run next: its accounts checked, duplicates found. */
export interface PreparedInstruction {
  readonly programAccount: LoadedAccount;
  readonly accounts: readonly InstructionAccount[];
  readonly data: Uint8Array;
}

/** The invoke context of all frames of a run. */
export class Execution implements InvokeContext {
  readonly host: Host;
  readonly meter: ComputeMeter;
  readonly table: AccountTable;
  readonly heapLength: number;
  readonly state: TransactionState;
  readonly isStatic: boolean;
  readonly growth: AccountGrowth;
  /** Instructions of this run or, at top level of a Solana transaction, of the whole transaction. */
  readonly trace: TracedInstruction[];
  readonly parts: RuntimeParts;
  /** The rule of the machine that a program of this run broke; it ended the run. */
  vmFault: VmFaultName | undefined;
  /** Refund counter of what other VMs ran for this run (EIP-3529). */
  gasRefund: bigint;
  /** Whether another VM entered the run. */
  readonly isEntered: boolean;
  readonly #stack: InstructionFrame[] = [];
  readonly #baseHeight: number;
  readonly #baseDepth: number;
  readonly #topIndex: number;

  constructor(options: ExecutionOptions) {
    this.host = options.host;
    this.meter = options.meter;
    this.table = options.table;
    this.heapLength = options.heapLength;
    this.isStatic = options.isStatic;
    this.parts = options.parts;
    this.vmFault = undefined;
    this.gasRefund = 0n;
    this.isEntered = options.instructionIndex === undefined;
    this.#baseHeight = options.stackHeight;
    this.#baseDepth = options.depth;
    this.#topIndex = options.instructionIndex ?? 0;
    this.state = options.state;
    this.growth = { lamportsDelta: 0n, transaction: this.state };
    // Rule 9: trace and depth count inside one unbroken run of SVM frames.
    this.trace = options.instructionIndex === undefined ? [] : this.state.trace;
  }

  get current(): InstructionFrame {
    return this.#stack.at(-1) as InstructionFrame;
  }

  /** The open frames, outermost first. */
  get frames(): readonly InstructionFrame[] {
    return this.#stack;
  }

  /** Depth of a call that leaves the SVM from the current frame, which is no frame of a program (rule 9). */
  get depthOfCall(): number {
    return this.#baseDepth + Math.max(1, this.#stack.length - 1);
  }

  get stackHeight(): number {
    return this.#baseHeight + this.#stack.length - 1;
  }

  consume(units: number): void {
    const { meter } = this;
    if (units > meter.remaining) {
      meter.remaining = 0;
      throw new InstructionFault("ComputationalBudgetExceeded");
    }
    meter.remaining -= units;
  }

  log(line: string): void {
    logLine(this.host, this.state, this.current.programAccount.address, line);
  }

  invoke(instruction: Instruction, signers: readonly Pubkey[]): void {
    this.process(prepareInvocation(this, instruction, signers));
  }

  callContract(call: ContractCall): void {
    callContract(this, call);
  }

  setReturnData(data: Uint8Array): void {
    this.state.record.returnData = { program: this.current.program, data };
  }

  /** Runs an instruction to its end, its log lines included. @throws InstructionFault */
  process(instruction: PreparedInstruction): void {
    const { host } = this;
    const isInner = this.#stack.length > 0;
    const isWayOut = leadsOut(instruction.programAccount);
    this.#push(instruction, isWayOut);
    // What leaves the SVM is shown by the host.
    const isTraced = isInner && !isWayOut && host.tracer !== undefined;
    const before = this.meter.remaining;
    if (isTraced) traceEnter(this, this.#baseDepth + this.#stack.length - 1);
    try {
      this.#run();
      if (this.growth.lamportsDelta !== 0n) throw new InstructionFault("UnbalancedInstruction");
      if (isTraced) traceExit(this, before, undefined);
    } catch (error) {
      if (isTraced) traceExit(this, before, error);
      throw error;
    } finally {
      this.#stack.pop();
      if (!isWayOut) this.state.openPrograms.pop();
    }
  }

  #push({ programAccount, accounts, data }: PreparedInstruction, isWayOut: boolean): void {
    const { openPrograms } = this.state;
    const program = programAccount.key;
    // Rule 9: judged by program id over the whole stack, whichever VMs stand in it. Only direct recursion may be.
    const isOpen = !isWayOut && openPrograms.some((open) => samePubkey(open, program));
    if (isOpen && (this.#stack.length === 0 || !samePubkey(this.current.program, program))) {
      throw new InstructionFault("ReentrancyNotAllowed");
    }
    if (this.growth.lamportsDelta !== 0n) throw new InstructionFault("UnbalancedInstruction");
    if (this.trace.length >= maxInstructionTrace) throw new InstructionFault("MaxInstructionTraceLengthExceeded");
    const stackHeight = this.stackHeight + 1;
    const frame = new InstructionFrame({ programAccount, accounts, data, stackHeight, growth: this.growth });
    this.trace.push(frame);
    if (this.trace === this.state.trace && stackHeight > 1) this.#recordInner({ program, accounts: frame.metas, data, stackHeight });
    if (this.#stack.length >= maxStackHeight && !isWayOut) throw new InstructionFault("CallDepth");
    this.#stack.push(frame);
    if (!isWayOut) openPrograms.push(program);
  }

  #recordInner(instruction: InnerInstruction): void {
    const { innerInstructions } = this.state.record;
    const known = innerInstructions.get(this.#topIndex);
    if (known === undefined) innerInstructions.set(this.#topIndex, [instruction]);
    else known.push(instruction);
  }

  #run(): void {
    const { current: frame } = this;
    const { key: program, owner } = frame.programAccount;
    const name = base58Of(program);
    const precompile = frame.stackHeight === 1 ? this.parts.precompiles.get(name) : undefined;
    if (precompile !== undefined) {
      precompile(this);
      return;
    }
    const isNative = samePubkey(owner, programIds.nativeLoader);
    const { isContract } = frame.programAccount;
    if (!isContract && !isNative && !isLoader(owner)) throw new InstructionFault("UnsupportedProgramId");
    const found = isContract ? contractItself : this.parts.programs.load(this.host, program);
    if (isNative && found.kind !== "native") throw new InstructionFault("UnsupportedProgramId");
    this.setReturnData(emptyBytes);
    this.log(`Program ${name} invoke [${frame.stackHeight}]`);
    try {
      if (found.kind === "native") this.#runNative(found.run);
      else if (found.kind === "ready") runProgram(this, found.program, found.loader);
      else {
        if (found.reason !== "") this.log(found.reason);
        throw new InstructionFault("UnsupportedProgramId");
      }
    } catch (error) {
      if (!(error instanceof InstructionFault)) throw error;
      const text = error instanceof ExecutionFault ? error.text : instructionErrorText(error.error);
      this.log(`Program ${name} failed: ${text}`);
      throw error;
    }
    this.log(`Program ${name} success`);
  }

  #runNative(run: NativeProgram): void {
    const before = this.meter.remaining;
    try {
      run(this);
    } catch (error) {
      // What is shared with syscalls may speak their language.
      if (error instanceof ProgramFault) throw faultOfProgram(error);
      throw error;
    }
    if (this.meter.remaining === before) throw new InstructionFault("BuiltinProgramsMustConsumeComputeUnits");
  }
}

/** An instruction whose program is a contract: a plain call with the data as input. */
const contractItself: FoundProgram = {
  kind: "native",
  run: (context) =>
    context.callContract({
      contract: undefined,
      firstAccount: 0,
      input: context.current.data,
      value: 0n,
      gasLimit: undefined,
      isTry: false,
      isStatic: false,
    }),
};

function isLoader(owner: Pubkey): boolean {
  return samePubkey(owner, programIds.loaderV3) || samePubkey(owner, programIds.loaderV2) || samePubkey(owner, programIds.loaderV1);
}

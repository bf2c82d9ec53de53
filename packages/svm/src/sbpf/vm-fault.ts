/** Faults of the machine with the texts of anza-xyz/sbpf's `EbpfError`, which Agave prints in its logs. */
import { maxCallFrames, regionSize, stackAddress, stackFrameSize } from "./memory-layout.ts";
import { ProgramFault, type ProgramFaultCause, type VmFaultName } from "./program-fault.ts";

const texts = {
  DivideByZero: "divide by zero at BPF instruction",
  DivideOverflow: "division overflow at BPF instruction",
  ExecutionOverrun: "attempted to execute past the end of the text segment at BPF instruction",
  CallOutsideTextSegment: "callx attempted to call outside of the text segment",
  CallDepthExceeded: "exceeded max BPF to BPF call depth",
  ExceededMaxInstructions: "exceeded CUs meter at BPF instruction",
  UnsupportedInstruction: "unsupported BPF instruction",
  InvalidInstruction: "invalid BPF instruction",
} as const satisfies Partial<Record<VmFaultName, string>>;

/** The fault of this name. */
export function vmFault(name: keyof typeof texts): ProgramFaultCause {
  return { kind: "vm", name, message: texts[name] };
}

/** An access that no region allows. */
export interface BadAccess {
  /** Halves of the guest address. */
  readonly low: number;
  readonly high: number;
  readonly length: number;
  readonly access: "load" | "store";
  /** Name of the region whose addresses hold this one, `unallocated` if none does. */
  readonly region: "unallocated" | "allocated" | "program" | "stack" | "heap" | "input";
  /** Whether the version names frames: all but those that move r10 themselves. */
  readonly namesFrames: boolean;
}

/** An access near the stack is a fault of a frame, the rest of its region. */
export function accessFault({ low, high, length, access, region, namesFrames }: BadAccess): ProgramFault {
  const hex = `0x${((BigInt(high) << 32n) | BigInt(low)).toString(16)}`;
  // Exact up to 2^53, and far away from the stack beyond.
  const frame = Math.trunc((high * regionSize + low - stackAddress) / stackFrameSize);
  if (namesFrames && frame >= -1 && frame <= maxCallFrames) {
    const message = `Access violation in stack frame ${frame} at address ${hex} of size ${length}`;
    return new ProgramFault({ kind: "vm", name: "StackAccessViolation", message });
  }
  const verb = access === "load" ? "reading" : "writing";
  const message = `Access violation ${verb} ${length} bytes at address ${hex} (in ${region} region)`;
  return new ProgramFault({ kind: "vm", name: "AccessViolation", message });
}

/** What compiled code and JavaScript exchange in the first bytes of an instance's memory, past the limits of the regions. */

/** Units left, as i64, whenever compiled code calls out. */
export const meterOffset = 256;
/** Registers r0 to r10, 8 bytes each. */
export const registersOffset = 264;
/** Host offset of the frame at hand, for code that is entered through memory. */
export const frameOffset = 352;
/** Slot at which such code begins. */
export const entrySlotOffset = 360;
/** Registers that a block reads, in ascending order, when units run out in it. */
export const spillOffset = 384;
/** By region: its true length where that is more than its limit, as u32; then what was written to beyond the limit, from the region's start. */
export const fullLengthOffset = 512;
export const touchedOffset = 544;
/** u16 per slot of text: which entry of the table of functions begins there; 0 where none does. */
export const functionMapOffset = 0x1_0000;

/** Distance of two regions in memory as a power of two. `address = low + (region << 24)`, all regions one stride further. */
export const regionShift = 24;
export const regionBias = 0x100_0000;

/** What goes wrong in compiled code itself, as the number that it calls out with. */
export const faultCodes = [
  "DivideByZero",
  "DivideOverflow",
  "ExecutionOverrun",
  "CallOutsideTextSegment",
  "CallDepthExceeded",
  "UnsupportedInstruction",
] as const;
export type FaultCode = (typeof faultCodes)[number];

export function faultCode(name: FaultCode): number {
  return faultCodes.indexOf(name);
}

/** Names of what compiled code imports from `env`. */
export const importNames = ["fault", "exceeded", "overrun", "translate", "enterFrame", "syscall", "callUnknown"] as const;
export type ImportName = (typeof importNames)[number];

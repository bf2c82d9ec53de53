import { describe, expect, test } from "vitest";
import type { Executable, SbpfVersion } from "./executable.ts";
import { createGuestMemory } from "./guest-memory.ts";
import { compactLayout, regionSize, stackLength, stridedLayout, type MemoryLayout } from "./memory-layout.ts";
import { ProgramFault } from "./program-fault.ts";

function executableOf(version: SbpfVersion, readOnly = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)): Executable {
  const readOnlyAddress = version === 3 ? 0 : regionSize;
  return { version, text: readOnly, textAddress: regionSize, entryPc: 0, readOnly, readOnlyAddress, functions: new Map() };
}

function memoryOf(version: SbpfVersion, layout: MemoryLayout = compactLayout(8)) {
  let buffer = new ArrayBuffer(layout.length);
  const memory = createGuestMemory(executableOf(version), layout, {
    get buffer() {
      return buffer;
    },
    grow(length) {
      const grown = new Uint8Array(length);
      grown.set(new Uint8Array(buffer));
      buffer = grown.buffer;
    },
  });
  memory.open(32_768);
  return memory;
}

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProgramFault) return error.message;
    throw error;
  }
  return "none";
}

test("V0: frames stand side by side in memory, gaps of the guest fault", () => {
  const memory = memoryOf(0);
  const first = memory.translate(0, 2, 8, "store");
  expect(memory.translate(0x2000, 2, 8, "store")).toBe(first + 0x1000);
  expect(memory.translate(63 * 0x2000 + 0xff8, 2, 8, "load")).toBe(first + stackLength - 8);
  expect(faultOf(() => memory.translate(0x1000, 2, 8, "store"))).toBe("Access violation in stack frame 1 at address 0x200001000 of size 8");
  expect(faultOf(() => memory.translate(64 * 0x2000, 2, 1, "load"))).toBe(
    "Access violation reading 1 bytes at address 0x200080000 (in unallocated region)",
  );
});

test("V0: an access over the end of a frame goes on in the next one", () => {
  const memory = memoryOf(0);
  memory.view.setBigUint64(memory.translate(0xffc, 2, 8, "store"), 0x1122_3344_5566_7788n, true);
  expect(memory.view.getUint32(memory.translate(0x2000, 2, 4, "load"), true)).toBe(0x1122_3344);
});

test("regions end where they are said to, and the program cannot be written", () => {
  const memory = memoryOf(1);
  expect(memory.bytes[memory.translate(7, 1, 1, "load")]).toBe(8);
  const faults = [
    [1, 2, 1, "store", "Access violation writing 2 bytes at address 0x100000001 (in program region)"],
    [7, 2, 1, "load", "Access violation reading 2 bytes at address 0x100000007 (in program region)"],
    [8, 1, 1, "load", "Access violation reading 1 bytes at address 0x100000008 (in unallocated region)"],
    [32_764, 8, 3, "store", "Access violation writing 8 bytes at address 0x300007ffc (in heap region)"],
    [0, 1, 4, "load", "Access violation reading 1 bytes at address 0x400000000 (in unallocated region)"],
    [0, 1, 5, "load", "Access violation reading 1 bytes at address 0x500000000 (in unallocated region)"],
    [0, 1, 0xffff_ffff, "load", "Access violation reading 1 bytes at address 0xffffffff00000000 (in unallocated region)"],
  ] as const;
  for (const [low, length, high, access, message] of faults)
    expect(faultOf(() => memory.translate(low, high, length, access))).toBe(message);
});

test("V3: read-only data stand at 0, code cannot be read", () => {
  const memory = memoryOf(3);
  expect(memory.bytes[memory.translate(0, 0, 1, "load")]).toBe(1);
  expect(faultOf(() => memory.translate(0, 1, 1, "load"))).toMatch(/^Access violation reading 1 bytes at address 0x100000000/);
  expect(faultOf(() => memory.translate(0, 0, 1, "store"))).toBe("Access violation writing 1 bytes at address 0x0 (in allocated region)");
  expect(memory.translate(0x1000, 2, 8, "load")).toBe(memory.translate(0, 2, 8, "load") + 0x1000);
});

describe.each([
  ["compact", compactLayout(8)],
  ["strided", stridedLayout],
])("%s layout", (_, layout) => {
  test("what a run wrote reads as zeros in the next one, the program stays", () => {
    const memory = memoryOf(3, layout);
    memory.setInputLength(100_000);
    const writes = [
      [0, 2],
      [stackLength - 8, 2],
      [0, 3],
      [32_760, 3],
      [0, 4],
      [99_992, 4],
    ] as const;
    for (const [low, high] of writes) memory.view.setBigUint64(memory.translate(low, high, 8, "store"), 1n, true);
    memory.setInputLength(8);
    memory.clear();
    memory.open(262_144);
    memory.setInputLength(100_000);
    for (const [low, high] of writes) expect(memory.view.getBigUint64(memory.translate(low, high, 8, "load"), true)).toBe(0n);
    expect(memory.bytes[memory.translate(2, 0, 1, "load")]).toBe(3);
    expect(memory.translate(262_136, 3, 8, "store")).toBeGreaterThan(0);
  });

  test("the input grows, and addresses hold", () => {
    const memory = memoryOf(3, layout);
    memory.setInputLength(16);
    memory.bytes[memory.translate(3, 4, 1, "store")] = 9;
    memory.setInputLength(1_000_000);
    expect(memory.bytes[memory.translate(3, 4, 1, "load")]).toBe(9);
    expect(memory.translate(999_999, 4, 1, "store")).toBe(memory.inputOffset + 999_999);
  });
});

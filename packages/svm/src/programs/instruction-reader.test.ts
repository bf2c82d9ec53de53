import { concatBytes } from "@trireme/core";
import { expect, test } from "vitest";
import { InstructionFault } from "../errors/instruction-error.ts";
import { createInstructionReader } from "./instruction-reader.ts";
import { u64 } from "./native-instructions.mts";

function faultOf(read: () => unknown): unknown {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof InstructionFault ? error.error : error;
  }
}

test("bytes behind an instruction are allowed, missing ones are not", () => {
  const reader = createInstructionReader(Uint8Array.of(7, 0, 0, 0, 9));
  expect(reader.u32()).toBe(7);
  expect(faultOf(() => reader.u64())).toBe("InvalidInstructionData");
});

test("no more than a packet is read, even where an inner instruction holds more", () => {
  const fits = concatBytes(u64(1224n), new Uint8Array(1224));
  expect(createInstructionReader(fits).bytes().length).toBe(1224);
  const tooLong = concatBytes(u64(1225n), new Uint8Array(1225));
  expect(faultOf(() => createInstructionReader(tooLong).bytes())).toBe("InvalidInstructionData");
  expect(faultOf(() => createInstructionReader(u64(2n ** 64n - 1n)).bytes())).toBe("InvalidInstructionData");
});

test("seeds are UTF-8", () => {
  const valid = new TextEncoder().encode("söd");
  expect(createInstructionReader(concatBytes(u64(BigInt(valid.length)), valid)).text()).toEqual(valid);
  expect(faultOf(() => createInstructionReader(concatBytes(u64(1n), Uint8Array.of(0xff))).text())).toBe("InvalidInstructionData");
});

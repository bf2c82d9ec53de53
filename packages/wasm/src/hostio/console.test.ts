// What programs of a development chain print.
import { expect, it } from "vitest";
import { createStylusMachine } from "../test/stylus-machine.ts";

it("ends where an endless loop would fill the machine's memory; the next transaction prints again", () => {
  const machine = createStylusMachine({ isDebug: true });
  const program = machine.deploy(`(module
    (import "console" "log_txt" (func $log_txt (param i32 i32)))
    (memory (export "memory") 1 1)
    (func (export "user_entrypoint") (param i32) (result i32)
      (loop (call $log_txt (i32.const 0) (i32.const 10000)) (br 0)) (i32.const 0)))`);
  for (let transaction = 0; transaction < 2; transaction++) {
    const before = machine.host.programLogs.length;
    expect(machine.call(program, { gas: 30_000n })).toMatchObject({ kind: "halt", reason: "outOfGas" });
    const lines = machine.host.programLogs.slice(before).map(({ line }) => line);
    // 2^20 characters are 104.2 lines of 10,000 and 64.
    expect([lines.length, lines[104]?.length]).toEqual([106, 10_000]);
    expect(lines[105]).toContain("left out");
    machine.nextTransaction();
  }
});

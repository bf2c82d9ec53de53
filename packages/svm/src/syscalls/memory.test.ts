import { expect, it } from "vitest";
import { assemble } from "../asm/assemble.ts";
import { writeElf } from "../asm/write-elf.ts";
import { createTwinWorlds } from "../test/twin-worlds.mts";
import { testSigner } from "../transaction/signed-message.mts";

it("long ranges are compared as short ones are", () => {
  const twins = createTwinWorlds();
  const [payer, program] = [testSigner(1).pubkey, testSigner(2).pubkey];
  twins.setAccount({ key: payer, lamports: 1_000_000_000_000n });
  // A byte at the offset that the data names, in one of two ranges of 4,100 bytes that are equal otherwise.
  const source = `
    lddw r6, 0x300000000
    ldxdw r7, [r2+0]
    ldxdw r8, [r2+8]
    add64 r7, r6
    stxb [r7+0], r8
    mov64 r1, r6
    mov64 r2, r6
    add64 r2, 8192
    mov64 r3, 4100
    mov64 r4, r10
    sub64 r4, 8
    call sol_memcmp_
    mov64 r1, r10
    sub64 r1, 8
    mov64 r2, 4
    call sol_set_return_data
    mov64 r0, 0
    exit`;
  twins.install(program, writeElf(assemble(source)));
  for (const offset of [0n, 1023n, 1024n, 4095n, 4096n, 4099n, 4100n, 8192n, 9215n, 9216n, 12_291n]) {
    const data = new Uint8Array(new BigUint64Array([offset, 200n]).buffer);
    const { theirs } = twins.send(payer, { program, accounts: [], data });
    const sign = offset >= 8192n ? -200 : offset < 4100n ? 200 : 0;
    expect(new DataView(theirs.returnData.buffer).getInt32(0, true)).toBe(sign);
  }
});

// The node of a call tree in sBPF: it plays the script in its instruction's data. Scripts: `tree-script.mts`.

const heap = 0x3_0000_0000n;
/** Where what stands on the heap begins; the table of the accounts' places is first. */
const at = {
  table: heap,
  infoCount: heap + 0xff0n,
  end: heap + 0xff8n,
  instruction: heap + 0x1000n,
  signers: heap + 0x1040n,
  fields: heap + 0x1080n,
  metas: heap + 0x1100n,
  infos: heap + 0x2000n,
  output: heap + 0x4000n,
  outputProgram: heap + 0x4800n,
} as const;

/** Takes the number in r1 into the digest in r7. */
const fold = `
  xor64 r7, r1
  lddw r2, 0x100000001b3
  mul64 r7, r2`;

/** Register := place of the account whose index stands at [r6 + offset]. */
const account = (register: string, offset: number): string => `
  ldxb ${register}, [r6+${offset}]
  lsh64 ${register}, 3
  add64 ${register}, r8
  ldxdw ${register}, [${register}+0]`;

/** r6 is where the script is read, r7 the digest, r8 the table of accounts. */
export const callTreeProgram = `
entrypoint:
  mov64 r6, r2
  mov64 r7, 0
  lddw r8, ${at.table}
  ldxdw r9, [r2-8]
  add64 r9, r2
  lddw r0, ${at.end}
  stxdw [r0+0], r9
  ldxdw r3, [r1+0]
  add64 r1, 8
  mov64 r2, r8
  lddw r4, ${at.infos}
  mov64 r9, 0
walk:
  jeq r3, 0, walked
  ldxb r5, [r1+0]
  jne r5, 255, duplicate
  stxdw [r2+0], r1
  mov64 r5, r1
  add64 r5, 8
  stxdw [r4+0], r5
  add64 r5, 32
  stxdw [r4+32], r5
  add64 r5, 32
  stxdw [r4+8], r5
  add64 r5, 16
  stxdw [r4+24], r5
  ldxdw r0, [r1+80]
  stxdw [r4+16], r0
  ldxb r5, [r1+1]
  stxb [r4+48], r5
  ldxb r5, [r1+2]
  stxb [r4+49], r5
  ldxb r5, [r1+3]
  stxb [r4+50], r5
  add64 r4, 56
  add64 r9, 1
  add64 r0, 7
  and64 r0, -8
  add64 r1, r0
  add64 r1, 10336
  ja walk_on
duplicate:
  lsh64 r5, 3
  add64 r5, r8
  ldxdw r5, [r5+0]
  stxdw [r2+0], r5
  add64 r1, 8
walk_on:
  add64 r2, 8
  sub64 r3, 1
  ja walk
walked:
  lddw r1, ${at.infoCount}
  stxdw [r1+0], r9

next:
  ldxb r1, [r6+0]
  jeq r1, 0x01, write
  jeq r1, 0x02, note
  jeq r1, 0x03, context
  jeq r1, 0x05, look
  jeq r1, 0x06, read
  jeq r1, 0x07, move
  jeq r1, 0x12, invoke
  jeq r1, 0x20, return
  jeq r1, 0x21, fail
  jeq r1, 0x22, halt
burn:
  ja burn

write:
  ${account("r1", 1)}
  ldxb r2, [r6+2]
  ldxdw r3, [r1+88]
  add64 r3, r2
  stxdw [r1+88], r3
  mov64 r1, r3
  ${fold}
  add64 r6, 3
  ja next

note:
  lddw r1, ${at.fields}
  mov64 r2, r6
  add64 r2, 1
  stxdw [r1+0], r2
  mov64 r3, 1
  stxdw [r1+8], r3
  mov64 r2, r1
  add64 r2, 32
  stxdw [r1+16], r2
  mov64 r3, 8
  stxdw [r1+24], r3
  mov64 r3, r7
  be64 r3
  stxdw [r2+0], r3
  mov64 r2, 2
  call sol_log_data
  add64 r6, 2
  ja next

context:
  lddw r1, ${at.end}
  ldxdw r1, [r1+0]
  ldxdw r1, [r1+0]
  be64 r1
  ${fold}
  call sol_get_stack_height
  mov64 r1, r0
  ${fold}
  add64 r6, 1
  ja next

look:
  ${account("r1", 1)}
  ldxdw r1, [r1+72]
  ${fold}
  add64 r6, 2
  ja next

read:
  ${account("r1", 1)}
  ldxdw r1, [r1+88]
  ${fold}
  add64 r6, 2
  ja next

move:
  ${account("r1", 1)}
  ${account("r2", 2)}
  ldxw r3, [r6+3]
  be32 r3
  ldxdw r4, [r1+72]
  sub64 r4, r3
  stxdw [r1+72], r4
  ldxdw r4, [r2+72]
  add64 r4, r3
  stxdw [r2+72], r4
  add64 r6, 7
  ja next

invoke:
  ${account("r1", 4)}
  mov64 r9, r1
  add64 r1, 8
  lddw r2, ${at.instruction}
  stxdw [r2+0], r1
  lddw r5, ${at.metas}
  stxdw [r2+8], r5
  ldxb r3, [r6+5]
  stxdw [r2+16], r3
  mov64 r4, r6
  add64 r4, 6
metas:
  jeq r3, 0, metas_end
  ldxb r1, [r4+0]
  lsh64 r1, 3
  add64 r1, r8
  ldxdw r1, [r1+0]
  mov64 r0, r1
  add64 r0, 8
  stxdw [r5+0], r0
  ldxb r0, [r4+1]
  mov64 r2, r0
  and64 r2, 1
  stxb [r5+9], r2
  rsh64 r0, 1
  ldxb r2, [r1+2]
  and64 r0, r2
  stxb [r5+8], r0
  add64 r5, 16
  add64 r4, 2
  sub64 r3, 1
  ja metas
metas_end:
  ldxh r3, [r4+0]
  be16 r3
  add64 r4, 2
  lddw r2, ${at.instruction}
  stxdw [r2+24], r4
  stxdw [r2+32], r3
  add64 r4, r3
  stxdw [r10-8], r4
  ldxb r1, [r6+1]
  and64 r1, 1
  stxdw [r10-16], r1
  ldxb r5, [r6+1]
  rsh64 r5, 1
  lddw r4, ${at.signers}
  mov64 r0, r4
  add64 r0, 16
  stxdw [r4+0], r0
  mov64 r0, 2
  stxdw [r4+8], r0
  mov64 r0, r6
  add64 r0, 2
  stxdw [r4+16], r0
  mov64 r1, 1
  stxdw [r4+24], r1
  add64 r0, 1
  stxdw [r4+32], r0
  stxdw [r4+40], r1
  mov64 r1, r2
  lddw r2, ${at.infos}
  lddw r3, ${at.infoCount}
  ldxdw r3, [r3+0]
  call sol_invoke_signed_c
  ldxdw r6, [r10-8]
  lddw r1, ${at.output}
  mov64 r2, 1024
  lddw r3, ${at.outputProgram}
  call sol_get_return_data
  mov64 r1, r0
  ${fold}
  jeq r0, 0, next
  lddw r3, ${at.output}
  mov64 r4, r3
  add64 r4, r0
  mov64 r1, 0
  stxdw [r4+0], r1
folding:
  jge r3, r4, folded
  ldxdw r1, [r3+0]
  be64 r1
  ${fold}
  add64 r3, 8
  ja folding
folded:
  lddw r1, ${at.outputProgram}
  ldxdw r1, [r1+0]
  mov64 r3, r1
  be64 r1
  ${fold}
  ldxdw r1, [r10-16]
  jeq r1, 0, next
  ldxdw r1, [r9+8]
  jne r1, r3, next
  mov64 r0, 0x7001
  exit

return:
  ldxb r3, [r6+1]
  jeq r3, 0, return_nothing
  lddw r1, ${at.output}
  mov64 r2, r3
  lsh64 r2, 3
  mov64 r4, r1
  be64 r7
filling:
  stxdw [r4+0], r7
  add64 r4, 8
  sub64 r3, 1
  jne r3, 0, filling
  call sol_set_return_data
return_nothing:
  mov64 r0, 0
  exit

fail:
  mov64 r0, r7
  and64 r0, 0xffff
  or64 r0, 0x10000
  exit

halt:
  ldxb r1, [r6+1]
  jne r1, 0, aborts
  lddw r1, 0x700000000
  ldxdw r0, [r1+0]
  exit
aborts:
  call abort
  exit
`;

/** Calls one syscall with arguments and bytes of the caller's choice, here and on litesvm. */
import type { Instruction, Pubkey } from "@trireme/core";
import { programIds } from "../known-keys.ts";
import { readonly, uint64 } from "../test/token-instructions.mts";
import { createTwinWorlds } from "../test/twin-worlds.mts";
import { testSigner } from "../transaction/signed-message.mts";

/** What a call gave. */
export interface ProbeResult {
  /** JSON of the instruction's error. */
  readonly error: string | undefined;
  /** r0. */
  readonly code: bigint | undefined;
  /** The bytes at `resultAt`. */
  readonly result: Uint8Array;
}

/** A prober of one syscall. */
export interface SyscallProbe {
  /** Both worlds give the same, or an assertion fails. */
  call(args: readonly bigint[], payload: Uint8Array, units?: number): ProbeResult;
}

const resultLength = 600;
/** Where results are to be written: in the heap. */
export const resultAt = 0x3_0000_0300n;
/** Where the payload stands: behind the count, one account of no data, the length of the data and five arguments. */
export const payloadAt = 0x4_0000_0000n + 8n + 96n + 10_240n + 8n + 40n;

const payer = testSigner(1).pubkey;
const twins = createTwinWorlds();
twins.setAccount({ key: payer, lamports: 10n ** 15n });
let programs = 0;

/** Installs a program in both worlds that does nothing but this call. */
export function createProbe(name: string): SyscallProbe {
  const program: Pubkey = testSigner(100 + programs).pubkey;
  twins.installSource(program, sourceOf(name), programs % 2 === 0 ? 3 : 0);
  programs++;
  return {
    call(args, payload, units) {
      const words = [...args, 0n, 0n, 0n, 0n, 0n].slice(0, 5);
      const data = Uint8Array.from([...words.flatMap((word) => [...uint64(word)]), ...payload]);
      const instruction: Instruction = { program, accounts: [readonly(payer)], data };
      const limit: Instruction = { program: programIds.computeBudget, accounts: [], data: limitData(units ?? 1_400_000) };
      const { result, record } = twins.send(payer, limit, instruction);
      const returned = record.returnData?.data ?? new Uint8Array(0);
      if (result.kind !== "success") {
        return { error: result.kind === "revert" ? result.error : result.kind, code: undefined, result: new Uint8Array(0) };
      }
      const code = new DataView(returned.buffer, returned.byteOffset).getBigUint64(resultLength, true);
      return { error: undefined, code, result: returned.subarray(0, resultLength) };
    },
  };
}

const limitData = (units: number): Uint8Array => {
  const data = new Uint8Array(5);
  new DataView(data.buffer).setUint32(1, units, true);
  data[0] = 2;
  return data;
};

const sourceOf = (name: string): string => `
  mov64 r6, r2
  ldxdw r1, [r6+0]
  ldxdw r2, [r6+8]
  ldxdw r3, [r6+16]
  ldxdw r4, [r6+24]
  ldxdw r5, [r6+32]
  call ${name}
  lddw r1, ${resultAt + BigInt(resultLength)}
  stxdw [r1+0], r0
  lddw r1, ${resultAt}
  mov64 r2, ${resultLength + 8}
  call sol_set_return_data
  mov64 r0, 0
  exit`;

// Every syscall with pointers, lengths and budgets good and bad, here and on litesvm.
import { pubkeyFromBase58, type Instruction, type Pubkey } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readonly, uint64 } from "../test/token-instructions.mts";
import { createTwinWorlds } from "../test/twin-worlds.mts";
import { testSigner } from "../transaction/signed-message.mts";
import { programIds, sysvarIds } from "../known-keys.ts";

const payer = testSigner(1).pubkey;
const sol = 1_000_000_000n;
const heap = 0x3_0000_0000n;
const stack = 0x2_0000_0000n;
const result = heap + 0x300n;

/** Calls a syscall with r1 to r5 out of its data; returns 256 bytes of heap from `result` on, and r0. */
const probe = (name: string): string => `
  mov64 r6, r2
  ldxdw r1, [r6+0]
  ldxdw r2, [r6+8]
  ldxdw r3, [r6+16]
  ldxdw r4, [r6+24]
  ldxdw r5, [r6+32]
  call ${name}
  lddw r1, ${result + 256n}
  stxdw [r1+0], r0
  lddw r1, ${result}
  mov64 r2, 264
  call sol_set_return_data
  mov64 r0, 0
  exit`;

/** Where the payload stands: behind the count, one account of no data, the length of the data and five arguments. */
const payloadAt = 0x4_0000_0000n + 8n + 96n + 10_240n + 8n + 40n;

const twins = createTwinWorlds();
twins.setAccount({ key: payer, lamports: 1_000n * sol });
const programs = new Map<string, Pubkey>();

function programOf(name: string): Pubkey {
  const known = programs.get(name);
  if (known !== undefined) return known;
  const id = testSigner(100 + programs.size).pubkey;
  twins.installSource(id, probe(name), programs.size % 2 === 0 ? 3 : 0, 3);
  programs.set(name, id);
  return id;
}

function call(name: string, args: readonly bigint[], payload: Uint8Array): Instruction {
  const words = [...args, 0n, 0n, 0n, 0n, 0n].slice(0, 5);
  return {
    program: programOf(name),
    accounts: [readonly(payer)],
    data: Uint8Array.from([...words.flatMap((word) => [...uint64(word)]), ...payload]),
  };
}

const limit = (units: number): Instruction => ({
  program: programIds.computeBudget,
  accounts: [],
  data: Uint8Array.of(2, units & 0xff, (units >> 8) & 0xff, units >> 16, 0),
});

/** A payload: pairs of pointer and length first, then bytes, then pubkeys. */
const text = "Trireme: 🚣 rows\u0000";
const bytesAt = payloadAt + 128n;
const keyAt = payloadAt + 256n;
const payload = (
  pairs: readonly (readonly [bigint, bigint])[],
  bytes: Uint8Array = new TextEncoder().encode(text),
  key: Pubkey = sysvarIds.clock,
) => {
  const whole = new Uint8Array(320);
  pairs.slice(0, 8).forEach(([at, length], index) => whole.set([...uint64(at), ...uint64(length)], index * 16));
  whole.set(bytes.subarray(0, 128), 128);
  whole.set(key, 256);
  return whole;
};

const address = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(payloadAt, bytesAt, keyAt, result, heap, stack + 8n, stack) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(payloadAt, bytesAt, result, result), fc.integer({ min: -9, max: 40 }))
      .map(([at, by]) => at + BigInt(by)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      0n,
      1n,
      0x1_0000_0000n,
      0x1_0000_0040n,
      heap + 32_760n,
      heap + 32_768n,
      0x4_0000_0000n,
      0x5_0000_0000n,
      stack + 0x1000n,
      stack - 8n,
      2n ** 63n,
      2n ** 64n - 1n,
    ),
  },
);
const length = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }).map(BigInt) },
  { weight: 1, arbitrary: fc.constantFrom(100n, 255n, 256n, 1_024n, 1_025n, 32_768n, 40_000n, 2n ** 20n) },
);
const pair = fc.tuple(fc.constantFrom(bytesAt, bytesAt + 3n, keyAt, payloadAt), fc.integer({ min: 0, max: 40 }).map(BigInt));
const bytes = fc.oneof(fc.constant(new TextEncoder().encode(text)), fc.uint8Array({ minLength: 1, maxLength: 60 }));
// Sysvars whose content is not the block's alone are left out: litesvm's are its own.
const { slotHashes: _hashes, recentBlockhashes: _recent, stakeHistory: _stakes, ...sysvars } = sysvarIds;
const key = fc.constantFrom(...Object.values(sysvars), payer, pubkeyFromBase58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"));

/** Syscalls and what each takes: addresses, lengths, numbers. */
const shapes: Readonly<Record<string, readonly fc.Arbitrary<bigint>[]>> = {
  sol_log_: [address, length],
  sol_log_64_: [fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), length, length, address, length],
  sol_log_pubkey: [address],
  sol_log_compute_units_: [],
  sol_log_data: [address, length.map((value) => value % 9n)],
  sol_panic_: [address, length, length, length],
  abort: [],
  sol_memcpy_: [address, address, length],
  sol_memmove_: [address, address, length],
  sol_memset_: [address, fc.integer({ min: 0, max: 1_000 }).map(BigInt), length],
  sol_memcmp_: [address, address, length, address],
  sol_sha256: [address, length.map((value) => value % 8n), address],
  sol_keccak256: [address, length.map((value) => value % 8n), address],
  sol_create_program_address: [address, length.map((value) => value % 9n), address, address],
  sol_try_find_program_address: [address, length.map((value) => value % 9n), address, address, address],
  sol_set_return_data: [address, length],
  sol_get_return_data: [address, length, address],
  sol_get_stack_height: [],
  sol_get_processed_sibling_instruction: [length, address, address, address, address],
  sol_get_rent_sysvar: [address],
  sol_get_epoch_schedule_sysvar: [address],
  sol_get_epoch_rewards_sysvar: [address],
  sol_get_last_restart_slot: [address],
  sol_get_sysvar: [fc.oneof(fc.constant(keyAt), fc.constant(keyAt), address), address, length, length],
  sol_get_clock_sysvar: [address],
  sol_get_epoch_stake: [address],
};

const world = fc.record({ pairs: fc.array(pair, { minLength: 8, maxLength: 8 }), bytes, key });

describe("syscalls", () => {
  for (const [name, shape] of Object.entries(shapes)) {
    it(`${name} does here what it does on litesvm`, () => {
      let succeeded = 0;
      let count = 0;
      const args = fc.tuple(...shape);
      fc.assert(
        fc.property(
          args,
          world,
          fc.option(fc.integer({ min: 0, max: 2_000 }), { freq: 5 }),
          (values, { pairs, bytes: given, key: named }, units) => {
            const instruction = call(name, values, payload(pairs, given, named));
            const { theirs } = twins.send(payer, instruction, ...(units === null ? [] : [limit(units)]));
            count++;
            if (theirs.error === undefined) succeeded++;
          },
        ),
        { numRuns: shape.length === 0 ? 4 : 25, seed: 11 },
      );
      expect(count).toBeGreaterThan(3);
      expect(succeeded > 0 || name === "abort" || name === "sol_panic_").toBe(true);
    });
  }
});

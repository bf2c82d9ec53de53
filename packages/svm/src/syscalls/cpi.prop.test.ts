// Calls from program to program in both ABIs, good ones and spoilt ones, here and on litesvm.
import { systemProgram, type AccountMeta, type Pubkey } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpiProbe, inputPlaces, mutator, probeData, type Call } from "../test/cpi-probe.mts";
import { readonly, signer, systemTransfer, writable, writableSigner } from "../test/token-instructions.mts";
import { createTwinWorlds } from "../test/twin-worlds.mts";
import { testSigner } from "../transaction/signed-message.mts";
import { programIds } from "../known-keys.ts";
import { findProgramAddress } from "../runtime/program-address.ts";
import type { CallAbi } from "./cpi-instruction.ts";

const key = (seed: number): Pubkey => testSigner(seed).pubkey;
const sol = 1_000_000_000n;
const payer = key(1);
const probes: Readonly<Record<CallAbi, Pubkey>> = { c: key(50), rust: key(51) };
const callee = key(52);
const [owned, foreign, wallet] = [key(60), key(61), key(62)] as [Pubkey, Pubkey, Pubkey];
const seed = new TextEncoder().encode("vault");
const vaults = {
  c: findProgramAddress([seed], probes.c),
  rust: findProgramAddress([seed], probes.rust),
};

/** A world in which the probe has: payer, an account of its own, one of the callee's, a wallet, its vault, the callee, System. */
function createWorld() {
  const twins = createTwinWorlds();
  for (const abi of ["c", "rust"] as const) {
    twins.installSource(probes[abi], cpiProbe(abi), abi === "c" ? 0 : 3);
    twins.setAccount({ key: vaults[abi].address, lamports: 2n * sol });
  }
  twins.installSource(callee, mutator);
  twins.setAccount({ key: payer, lamports: 1_000n * sol });
  twins.setAccount({ key: wallet, lamports: sol });
  twins.setAccount({ key: foreign, owner: callee, lamports: sol, data: new Uint8Array(33).fill(7) });
  return twins;
}

const accountsOf = (abi: CallAbi) => [
  { key: payer, dataLength: 0 },
  { key: owned, dataLength: 40 },
  { key: foreign, dataLength: 33 },
  { key: wallet, dataLength: 0 },
  { key: vaults[abi].address, dataLength: 0 },
  { key: callee, dataLength: 36 },
  { key: systemProgram, dataLength: 14 },
  { key: probes[abi], dataLength: 36 },
];

function runner() {
  const twins = createWorld();
  return (
    call: Call,
    flags: readonly ((each: Pubkey) => AccountMeta)[] = [
      writableSigner,
      writable,
      writable,
      writable,
      writable,
      readonly,
      readonly,
      readonly,
    ],
  ) => {
    for (const [account, owner, data] of [
      [owned, probes[call.abi], new Uint8Array(40).fill(9)],
      [foreign, callee, new Uint8Array(33).fill(7)],
    ] as const) {
      twins.setAccount({ key: account, owner, lamports: sol, data });
    }
    twins.setAccount({ key: wallet, lamports: sol });
    twins.setAccount({ key: vaults[call.abi].address, lamports: 2n * sol });
    const accounts = accountsOf(call.abi);
    const metas = accounts.map((account, index) => (flags[index] ?? readonly)(account.key));
    return twins.send(payer, { program: probes[call.abi], accounts: metas, data: probeData(call, accounts) }).theirs;
  };
}

const all = [0, 1, 2, 3, 4, 5, 6, 7];
const abis = ["c", "rust"] as const;
const toCallee = (data: readonly number[], accounts: readonly AccountMeta[]) => ({
  program: callee,
  accounts,
  data: Uint8Array.from(data),
});

describe("calls between programs", () => {
  for (const abi of abis) {
    it(`${abi}: accounts change hands, sizes and bytes`, () => {
      const run = runner();
      const calls: readonly (readonly [boolean, Omit<Call, "abi">])[] = [
        [true, { instruction: toCallee([1, 50], [writable(foreign), writable(wallet)]), infos: all, signers: [] }],
        [true, { instruction: toCallee([1, 50], [writable(foreign), writable(owned)]), infos: [2, 1], signers: [] }],
        [false, { instruction: toCallee([1, 50], [writable(owned), writable(foreign)]), infos: all, signers: [] }],
        [true, { instruction: toCallee([2, 35, 0], [writable(foreign)]), infos: all, signers: [] }],
        [true, { instruction: toCallee([2, 0, 4], [writable(foreign)]), infos: all, signers: [] }],
        [true, { instruction: toCallee([2, 3, 0], [writable(foreign)]), infos: all, signers: [] }],
        [false, { instruction: toCallee([2, 0, 0xff], [writable(foreign)]), infos: all, signers: [] }],
        [false, { instruction: toCallee([2, 3, 0], [writable(owned)]), infos: all, signers: [] }],
        [false, { instruction: toCallee([2, 3, 0], [readonly(owned)]), infos: all, signers: [] }],
        [false, { instruction: toCallee([2, 3, 0], [readonly(foreign)]), infos: all, signers: [] }],
        [false, { instruction: toCallee([2, 3, 1], [writable(wallet)]), infos: all, signers: [] }],
        [true, { instruction: toCallee([3, 1, 4], [writable(foreign)]), infos: all, signers: [] }],
        [false, { instruction: toCallee([3, 1, 4], [readonly(foreign)]), infos: all, signers: [] }],
        [false, { instruction: toCallee([3, 1, 4], [writable(owned)]), infos: all, signers: [] }],
        [false, { instruction: toCallee([4, 1, 2, 3, 4, 5, 6, 7, 8], [writable(foreign)]), infos: all, signers: [] }],
        [false, { instruction: toCallee([5, 77], []), infos: [], signers: [] }],
        [true, { instruction: toCallee([6, 1, 2, 3, 4], []), infos: [], signers: [] }],
        [false, { instruction: toCallee([7], []), infos: [], signers: [] }],
        [false, { instruction: toCallee([0], [writable(foreign)]), infos: [0, 1], signers: [] }],
        [true, { instruction: toCallee([0], [writable(foreign), readonly(foreign), writable(foreign)]), infos: all, signers: [] }],
        [false, { instruction: { program: key(99), accounts: [], data: new Uint8Array(0) }, infos: [], signers: [] }],
        [false, { instruction: toCallee([0], [readonly(key(98))]), infos: all, signers: [] }],
        [true, { instruction: systemTransfer(payer, wallet, 5n), infos: all, signers: [] }],
        [false, { instruction: systemTransfer(wallet, payer, 5n), infos: all, signers: [] }],
        [
          true,
          { instruction: systemTransfer(vaults[abi].address, wallet, 5n), infos: all, signers: [[seed, Uint8Array.of(vaults[abi].bump)]] },
        ],
        [false, { instruction: systemTransfer(vaults[abi].address, wallet, 5n), infos: all, signers: [] }],
        [false, { instruction: systemTransfer(vaults[abi].address, wallet, 5n), infos: all, signers: [[seed]] }],
        [false, { instruction: toCallee([0], []), infos: all, signers: [[new Uint8Array(33)]] }],
        [false, { instruction: toCallee([0], []), infos: all, signers: [Array.from({ length: 17 }, () => seed)] }],
        [false, { instruction: toCallee([0], []), infos: all, signers: Array.from({ length: 17 }, () => [seed]) }],
        [false, { instruction: toCallee([0], []), infos: all, signers: [], counts: { infos: 256n } }],
        [false, { instruction: toCallee([0], []), infos: all, signers: [], counts: { infos: 600n } }],
        [
          true,
          {
            instruction: {
              program: probes[abi],
              accounts: [readonly(callee)],
              data: probeData({ abi, instruction: toCallee([0], []), infos: [], signers: [] }, []),
            },
            infos: [],
            signers: [],
          },
        ],
      ];
      const seen = calls.map(([, call]) => run({ ...call, abi }).error === undefined);
      expect(seen).toEqual(calls.map(([succeeds]) => succeeds));
    });

    it(`${abi}: what the caller changed is taken over before the callee runs`, () => {
      const run = runner();
      const places = inputPlaces(accountsOf(abi));
      const at = (index: number) => places[index] as (typeof places)[number];
      const call = { abi, instruction: toCallee([0], [writable(owned), writable(wallet)]), infos: all, signers: [] } as const;
      const move = [
        [at(1).lamports, sol - 9n],
        [at(3).lamports, sol + 9n],
      ] as const;
      const seen = [
        run({ ...call, stores: move }),
        run({ ...call, stores: [move[0]] }),
        run({ ...call, stores: [[at(1).data + 8n, 0x1234n]] }),
        run({ ...call, stores: [[at(2).data, 0x1234n]] }),
        run({ ...call, stores: [[at(2).data, 0x1234n]], instruction: toCallee([0], [writable(foreign)]) }),
        run({ ...call, stores: [[at(1).owner, 5n]] }),
        run({ ...call, stores: [[at(1).owner, 5n], ...[0n, 8n, 16n, 24n, 32n].map((by) => [at(1).data + by, 0n] as const)] }),
        run({ ...call, stores: [[at(1).length, 48n]] }),
        run({ ...call, stores: [[at(1).length, 20_000n]] }),
        run({ ...call, stores: [[at(1).key, 48n]] }),
      ].map(({ error }) => error === undefined);
      expect(seen).toEqual([true, false, true, false, false, false, true, true, false, false]);
    });

    it(`${abi}: memory spoilt at random`, () => {
      const run = runner();
      let succeeded = 0;
      const spoil = fc.tuple(fc.nat(900), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 4)));
      const pick = fc.constantFrom(writable, readonly, signer, writableSigner);
      const flags = fc.tuple(
        fc.constant(writableSigner),
        pick,
        pick,
        pick,
        pick,
        fc.constant(readonly),
        fc.constant(readonly),
        fc.constant(readonly),
      );
      const keyArbitrary = fc.constantFrom(payer, owned, foreign, wallet, callee, vaults[abi].address);
      const metas = fc.array(fc.tuple(keyArbitrary, fc.boolean(), fc.boolean()), { maxLength: 5 });
      const data = fc.oneof(fc.tuple(fc.nat(7), fc.nat(255), fc.nat(3)), fc.constant([0]));
      fc.assert(
        fc.property(
          metas,
          data,
          flags,
          fc.option(fc.array(spoil, { maxLength: 3 }), { freq: 2 }),
          fc.boolean(),
          (list, bytes, given, spoils, signs) => {
            const accounts = list.map(([pubkey, isSigner, isWritable]) => ({ pubkey, isSigner: isSigner && signs, isWritable }));
            const signers = signs ? [[seed, Uint8Array.of(vaults[abi].bump)]] : [];
            const call: Call = { abi, instruction: toCallee(bytes, accounts), infos: all, signers, spoils: spoils ?? [] };
            if (run(call, given).error === undefined) succeeded++;
          },
        ),
        { numRuns: 60, seed: 5 },
      );
      expect(succeeded).toBeGreaterThan(10);
    });
  }

  it("loaders and native programs cannot be called but for what is theirs to do", () => {
    const run = runner();
    for (const program of [programIds.loaderV1, programIds.loaderV2, programIds.nativeLoader, programIds.loaderV3, programIds.ed25519]) {
      for (const first of [0, 3, 4, 5, 6, 7]) {
        run({ abi: "c", instruction: { program, accounts: [], data: Uint8Array.of(first, 0, 0, 0) }, infos: [], signers: [] });
      }
    }
  });
});

// Rent is judged where another VM entered (rule 11): a run by what it wrote itself.
import { addressFromHex, systemProgram, toPubkey, weiPerLamport, type ExecutionEnvironment, type Host } from "@trireme/core";
import { createModelHost, testTransaction } from "@trireme/testing";
import { expect, it } from "vitest";
import { createSvm } from "../environment.ts";
import { systemTransfer } from "../test/token-instructions.mts";
import { testSigner } from "../transaction/signed-message.mts";

const payer = addressFromHex("0x1111111111111111111111111111111111111111");

/** The SVM, and how often it has asked for a balance. */
function createCounted(): { readonly environment: ExecutionEnvironment; readonly reads: () => number } {
  const svm = createSvm();
  let reads = 0;
  const counted = (host: Host): Host =>
    Object.create(host, {
      getBalance: {
        value: (address: typeof payer) => {
          reads++;
          return host.getBalance(address);
        },
      },
    }) as Host;
  return { environment: { ...svm, execute: (message, host) => svm.execute(message, counted(host)) }, reads: () => reads };
}

it("a run reads no more after a long transaction than after a short one", () => {
  const { environment, reads } = createCounted();
  const host = createModelHost({ environments: [environment], transaction: { ...testTransaction } });
  host.setBalance(payer, 10n ** 9n * weiPerLamport);
  const transfer = (seed: number, lamports: bigint): { readonly kind: string; readonly reads: number } => {
    const { accounts, data } = systemTransfer(toPubkey(payer), testSigner(seed).pubkey, lamports);
    const message = { kind: "instruction", program: systemProgram, accounts, data, sender: payer, gas: 10_000n } as const;
    const before = reads();
    const { kind } = host.call({ ...message, depth: 0, isStatic: false, stackHeight: 2 });
    return { kind, reads: reads() - before };
  };
  const first = transfer(1, 1_000_000n);
  expect(first.kind).toBe("success");
  for (let seed = 2; seed < 40; seed++) transfer(seed, 1_000_000n);
  expect(transfer(40, 1_000_000n)).toEqual(first);
  // What it wrote itself is judged all the same.
  expect(transfer(41, 1n).kind).toBe("revert");
});

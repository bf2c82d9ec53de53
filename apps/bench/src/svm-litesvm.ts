/** litesvm as the peer: one program, one instruction without accounts, no signatures checked. */
import internal from "litesvm/dist/internal.js";

/** A program in litesvm. `run` returns what it took. */
export interface PeerProgram {
  run(data: Uint8Array): number;
}

const payer = new Uint8Array(32).fill(7);
const unlimited = 2n ** 50n;

/** Puts a program into a fresh litesvm. @throws Error if it is refused */
export function createPeerProgram(elf: Uint8Array): PeerProgram {
  const svm = new internal.LiteSvm();
  svm.setSigverify(false);
  svm.setBlockhashCheck(false);
  svm.setTransactionHistory(0n);
  svm.airdrop(payer, 1_000_000_000_000n);
  const budget = new internal.ComputeBudget();
  budget.computeUnitLimit = unlimited;
  svm.setComputeBudget(budget);
  const program = new Uint8Array(32).fill(9);
  svm.addProgram(program, elf);
  return {
    run(data) {
      const outcome = svm.sendLegacyTransaction(transactionOf(program, data));
      if ("meta" in outcome) throw new Error(outcome.meta().logs().join("\n"));
      return Number(outcome.computeUnitsConsumed());
    },
  };
}

/** One signature, two accounts, one instruction. */
function transactionOf(program: Uint8Array, data: Uint8Array): Uint8Array {
  const message = [1, 0, 1, 2, ...payer, ...program, ...new Uint8Array(32), 1, 1, 0, data.length, ...data];
  return Uint8Array.from([1, ...new Uint8Array(64), ...message]);
}

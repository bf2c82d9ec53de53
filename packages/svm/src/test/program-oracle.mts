/** One program in litesvm: an instruction without accounts, run to its end. */
import { murmur3 } from "../sbpf/murmur3.ts";
import internal from "litesvm/dist/internal.js";

export interface OracleRun {
  /** Text of the failure in the program's last log line; nothing if it succeeded. */
  readonly failure: string | undefined;
  /** Units that the log says the program took, also where a fault took all that were left. */
  readonly consumed: number | undefined;
  /** What the program logged with `sol_log_64_` and `sol_log_`. */
  readonly lines: readonly string[];
}

export interface ProgramOracle {
  /** Puts a program in place; the text of the refusal if it is no valid ELF. */
  install(elf: Uint8Array): string | undefined;
  /** Address of the program that was put in place last. */
  program(): Uint8Array;
  /** Runs the program that was put in place last. */
  run(data: Uint8Array, computeUnits: number): OracleRun;
}

const syscallNames =
  "abort sol_panic_ sol_log_ sol_log_64_ sol_log_pubkey sol_log_compute_units_ sol_log_data sol_create_program_address " +
  "sol_try_find_program_address sol_sha256 sol_keccak256 sol_secp256k1_recover sol_curve_validate_point sol_curve_group_op " +
  "sol_curve_multiscalar_mul sol_curve_decompress sol_curve_pairing_map sol_get_clock_sysvar sol_get_epoch_schedule_sysvar " +
  "sol_get_rent_sysvar sol_get_last_restart_slot sol_get_epoch_rewards_sysvar sol_get_sysvar sol_memcpy_ sol_memmove_ " +
  "sol_memset_ sol_memcmp_ sol_invoke_signed_c sol_invoke_signed_rust sol_alloc_free_ sol_set_return_data " +
  "sol_get_return_data sol_get_stack_height sol_get_processed_sibling_instruction sol_poseidon sol_alt_bn128_group_op " +
  "sol_alt_bn128_compression sol_remaining_compute_units sol_get_epoch_stake";

/** Hashes of the syscalls that litesvm has. */
export const oracleSyscallHashes: ReadonlySet<number> = new Set(syscallNames.split(" ").map((name) => murmur3(name)));

const firstProgram = new Uint8Array(32).fill(9);
const payer = new Uint8Array(32).fill(7);

/** Signatures and blockhashes are not looked at. */
export function createProgramOracle(): ProgramOracle {
  const svm = new internal.LiteSvm();
  svm.setSigverify(false);
  svm.setBlockhashCheck(false);
  svm.airdrop(payer, 1_000_000_000_000n);
  svm.setTransactionHistory(0n);
  const budget = new internal.ComputeBudget();
  let program = firstProgram;
  let serial = 0;
  return {
    install(elf) {
      // A fresh address for each, because litesvm keeps what it compiled.
      program = firstProgram.slice();
      new DataView(program.buffer).setUint32(0, ++serial, true);
      try {
        svm.addProgram(program, elf);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message.replace("Failed to add program: ", "") : String(error);
      }
    },
    program: () => program,
    run(data, computeUnits) {
      budget.computeUnitLimit = BigInt(computeUnits);
      svm.setComputeBudget(budget);
      const outcome = svm.sendLegacyTransaction(transactionOf(program, data));
      const meta = "meta" in outcome ? outcome.meta() : outcome;
      return outcomeOf(meta.logs());
    },
  };
}

function outcomeOf(logs: readonly string[]): OracleRun {
  const consumed = logs.map((line) => / consumed (\d+) of /.exec(line)?.[1]).find((units) => units !== undefined);
  const failure = logs.map((line) => / failed: (.*)$/.exec(line)?.[1]).find((text) => text !== undefined);
  return {
    failure,
    consumed: consumed === undefined ? undefined : Number(consumed),
    lines: logs.filter((line) => line.startsWith("Program log: ")).map((line) => line.slice("Program log: ".length)),
  };
}

function transactionOf(program: Uint8Array, data: Uint8Array): Uint8Array {
  if (data.length > 127) throw new RangeError("at most 127 bytes of data");
  const message = [1, 0, 1, 2, ...payer, ...program, ...new Uint8Array(32), 1, 1, 0, data.length, ...data];
  return Uint8Array.from([1, ...new Uint8Array(64), ...message]);
}

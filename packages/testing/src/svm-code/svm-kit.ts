/**
 * The environment suite's programs in sBPF, as far as the suite can be put to a VM whose programs have no storage of
 * slots, whose failures carry no data, and whose calls cannot be survived: outcomes, static frames and gas.
 */
import { toPubkey, type ExecutionEnvironment, type Host, type Message, type Pubkey } from "@trireme/core";
import type { ProgramKit, SuiteCall } from "../suite/program-kit.ts";

/** What the kit needs beside the environment under test. */
export interface SvmKitOptions {
  readonly createEnvironment: () => ExecutionEnvironment;
  /** Assembly to an ELF. */
  readonly elfFromAssembly: (source: string) => Uint8Array;
  /** Makes an ELF what runs under an id, whatever the tag of the id says (rule 3): the suite gives addresses. */
  readonly install: (host: Host, id: Pubkey, elf: Uint8Array) => void;
}

/** Bytes as a section of constants, without a name for what is empty. */
const constants = (bytes: Uint8Array): string => `.rodata\ndata: .byte ${[...bytes, 0].join(", ")}\n.text\n`;

/** r2 points to the instruction's data, whose length stands before it. */
const echo = `
  mov64 r1, r2
  ldxdw r2, [r1-8]
  call sol_set_return_data
  mov64 r0, 0
  exit`;

const returnBytes = (bytes: Uint8Array): string => `${constants(bytes)}
  lddw r1, data
  mov64 r2, ${bytes.length}
  call sol_set_return_data
  mov64 r0, 0
  exit`;

/** The kit. What a frame of an instruction cannot do is left out: the suite skips those cases by name. */
export function createSvmKit({ createEnvironment, elfFromAssembly, install }: SvmKitOptions): ProgramKit {
  const program = (source: string): Uint8Array => elfFromAssembly(source);
  return {
    createEnvironment,
    sweepRuns: 60,
    install: (host, address, elf) => install(host, toPubkey(address), elf),
    message: instruction,
    programs: {
      returnBytes: (bytes) => program(returnBytes(bytes)),
      echo: () => program(echo),
      halt: () => program("lddw r1, 0x700000000\nldxdw r0, [r1+0]\nexit"),
      loop: () => program("again:\nja again\nexit"),
    },
  };
}

/** A call as the gateway would make it: the target's program, the sender as an account that did not sign. */
function instruction({ sender, target, input, gas, isStatic, depth }: SuiteCall): Message {
  return {
    kind: "instruction",
    program: toPubkey(target),
    accounts: [{ pubkey: toPubkey(sender), isSigner: false, isWritable: true }],
    data: input,
    sender,
    gas,
    depth,
    isStatic,
    stackHeight: 2,
  };
}

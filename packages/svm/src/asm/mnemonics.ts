/** Names of instructions as assembly writes them, by version. */
import type { SbpfVersion } from "../sbpf/executable.ts";
import { opcodesOf, type InstructionForm } from "../sbpf/opcodes.ts";

/** The opcodes a name may stand for, by form: `add64` has one with an immediate and one with a register. */
export type Mnemonic = ReadonlyMap<InstructionForm, number>;

const versions = [0, 1, 2, 3] as const;
const byVersion = new Map(versions.map((version) => [version, mnemonicsOf(version)]));

/** The opcodes of a name; nothing if the version has no such instruction. */
export function mnemonicOf(version: SbpfVersion, name: string): Mnemonic | undefined {
  return byVersion.get(version)!.get(name);
}

function mnemonicsOf(version: SbpfVersion): ReadonlyMap<string, Mnemonic> {
  const mnemonics = new Map<string, Map<InstructionForm, number>>();
  opcodesOf(version).forEach((opcode, number) => {
    if (opcode === undefined) return;
    for (const name of namesOf(opcode.name, opcode.form)) {
      let forms = mnemonics.get(name);
      if (forms === undefined) mnemonics.set(name, (forms = new Map()));
      forms.set(opcode.form, number);
    }
  });
  return mnemonics;
}

/** Computations of 64 bits may leave their width away, jumps may name it. */
function namesOf(name: string, form: InstructionForm): string[] {
  switch (form) {
    case "immediate":
    case "register":
    case "unary":
      return name.endsWith("64") ? [name, name.slice(0, -2)] : [name];
    case "jumpImmediate":
    case "jumpRegister":
      return name.endsWith("32") ? [name] : [name, `${name}64`];
    case "endian":
      return [`${name}16`, `${name}32`, `${name}64`];
    case "call":
      return [name, "syscall"];
    case "wide":
    case "load":
    case "storeImmediate":
    case "storeRegister":
    case "jump":
    case "callRegister":
    case "exit":
      return [name];
  }
}

/** What an IDL says of a program of the SVM. */
import type { Definitions, Field } from "./type.ts";

/** An account that an instruction takes. */
export interface InstructionAccount {
  readonly name: string;
  /** `either`: the caller decides. */
  readonly signer: "always" | "never" | "either";
  readonly isWritable: boolean;
  readonly isOptional: boolean;
  /** 32 bytes: the only account that it can be, or the one that it is unless the caller says otherwise. */
  readonly address?: Uint8Array;
}

/** An instruction: its data is the discriminator and then the arguments. */
export interface ProgramInstruction {
  readonly name: string;
  readonly discriminator: Uint8Array;
  readonly args: readonly Field[];
  readonly accounts: readonly InstructionAccount[];
  /** What stands for an optional account that is not given: the program's own pubkey, or nothing. */
  readonly absentAccount: "program" | "omitted";
}

/** The data of an account or of an event: the discriminator and then the fields. */
export interface DataLayout {
  readonly name: string;
  /** May be empty. */
  readonly discriminator: Uint8Array;
  readonly fields: readonly Field[];
}

/** A part of what a program-derived address is made of. Variables are raw: strings and bytes have no length before them. */
export type Seed = { readonly kind: "constant"; readonly bytes: Uint8Array } | { readonly kind: "variable"; readonly field: Field };

/** A program-derived address. */
export interface ProgramAddress {
  readonly name: string;
  /** 32 bytes. */
  readonly program: Uint8Array;
  readonly seeds: readonly Seed[];
}

/** An error of a program. */
export interface ProgramError {
  readonly name: string;
  readonly code: number;
  readonly message: string;
}

/** A program to be called. */
export interface ProgramInterface {
  readonly kind: "program";
  readonly name: string;
  /** 32 bytes. */
  readonly address: Uint8Array;
  readonly definitions: Definitions;
  readonly instructions: readonly ProgramInstruction[];
  readonly accounts: readonly DataLayout[];
  readonly events: readonly DataLayout[];
  readonly errors: readonly ProgramError[];
  readonly addresses: readonly ProgramAddress[];
}

/**
 * Messages: one frame to run. An EVM-style call or create, or an SVM instruction. Whoever issues a message has
 * paid for it: `gas` is what the callee may spend, already taken from the caller.
 */
import type { Address } from "./address.ts";
import type { Pubkey } from "./pubkey.ts";

/** How a call treats sender, recipient and value; EVM's CALL, CALLCODE, DELEGATECALL and STATICCALL. */
export type CallScheme = "call" | "callcode" | "delegatecall" | "staticcall";

/** What every frame has. */
interface Frame {
  /** msg.sender; for an instruction the address of its calling program, or of the fee payer at top level. */
  readonly sender: Address;
  /** Gas that the frame may spend. The environment converts it into its own unit, rounding down. */
  readonly gas: bigint;
  /** 0 for the first frame of a transaction; at most 1,024 overall (gateways do not count, rule 9). */
  readonly depth: number;
  /** A static frame writes nothing, in any VM; frames inherit it. */
  readonly isStatic: boolean;
  /**
   * Accounts that the caller holds and did not pass on writable (rule 6): balance, owner, data and executable flag
   * may not change until the call returns. Set by SVM frames that call another VM.
   */
  readonly frozen?: readonly Address[];
}

/** A call to code at an address. */
export interface CallMessage extends Frame {
  readonly kind: "call";
  readonly scheme: CallScheme;
  /** The account whose state and balance the code works on: ADDRESS. */
  readonly recipient: Address;
  /** The account whose code runs; differs from `recipient` for callcode and delegatecall only. */
  readonly codeAddress: Address;
  /** CALLVALUE, in wei. The host moves it for scheme `call`; `delegatecall` only shows it; `staticcall` has 0. */
  readonly value: bigint;
  readonly input: Uint8Array;
}

/** Deployment of a contract. The issuer has worked out the address and raised the sender's nonce. */
export interface CreateMessage extends Frame {
  readonly kind: "create";
  readonly scheme: "create" | "create2";
  /** The address of the new contract. */
  readonly recipient: Address;
  /** Endowment in wei. */
  readonly value: bigint;
  readonly initCode: Uint8Array;
}

/** One account of an instruction, as Solana's AccountMeta. */
export interface AccountMeta {
  readonly pubkey: Pubkey;
  readonly isSigner: boolean;
  readonly isWritable: boolean;
}

/** What an instruction says: a program, its accounts, its data. */
export interface Instruction {
  readonly program: Pubkey;
  readonly accounts: readonly AccountMeta[];
  readonly data: Uint8Array;
}

/**
 * An SVM instruction to run. Its issuer answers for the signers and writable accounts among `accounts`: signatures, PDAs
 * of `invoke_signed`, the caller of a gateway (rules 2, 4 and 5); whoever runs it does not check them again.
 */
export interface InstructionMessage extends Frame, Instruction {
  readonly kind: "instruction";
  /** Solana's stack height: 1 at top level of a Solana transaction, at least 2 when entered from another VM (rule 17). */
  readonly stackHeight: number;
  /** Place in `TransactionContext.instructions`; undefined when entered from another VM. */
  readonly instructionIndex?: number;
}

/** One frame to run. */
export type Message = CallMessage | CreateMessage | InstructionMessage;

/** Frames allowed on one stack, over all VMs. */
export const maxCallDepth = 1024;

/** The instructions sysvar: what the transaction's top-level instructions say. Made per transaction, in no state. */
import { toPubkey, type Instruction, type InstructionMessage, type Pubkey } from "@trireme/core";
import { gatewayAddress } from "../gateway/gateway-address.ts";

/** What stands for the gateway to the SVM where Solana expects a program. */
const gateway: Pubkey = toPubkey(gatewayAddress);

/**
 * The sysvar's account data: number of instructions, their offsets, each one's accounts (flags and key), program and data.
 * The last two bytes are the index of the top-level instruction that runs.
 */
export function encodeInstructions(instructions: readonly Instruction[], currentIndex: number): Uint8Array {
  let length = 2 + instructions.length * 2 + 2;
  for (const { accounts, data } of instructions) length += 2 + accounts.length * 33 + 32 + 2 + data.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, instructions.length, true);
  let offset = 2 + instructions.length * 2;
  for (const [index, { program, accounts, data }] of instructions.entries()) {
    view.setUint16(2 + index * 2, offset, true);
    view.setUint16(offset, accounts.length, true);
    offset += 2;
    for (const { pubkey, isSigner, isWritable } of accounts) {
      bytes[offset] = (isSigner ? 1 : 0) | (isWritable ? 2 : 0);
      bytes.set(pubkey, offset + 1);
      offset += 33;
    }
    bytes.set(program, offset);
    view.setUint16(offset + 32, data.length, true);
    bytes.set(data, offset + 34);
    offset += 34 + data.length;
  }
  view.setUint16(length - 2, currentIndex, true);
  return bytes;
}

/**
 * The one instruction that the sysvar holds where a program was entered from another VM in an Ethereum transaction (rule
 * 17): the gateway's, with the accounts it passes on, the program last.
 */
export function syntheticInstruction(message: InstructionMessage): Instruction {
  const { program, accounts, data } = message;
  return { program: gateway, accounts: [...accounts, { pubkey: program, isSigner: false, isWritable: false }], data };
}

/** Instructions of the upgradeable loader (v3), which web3.js 1.x has none of. */
import {
  type Keypair,
  PublicKey,
  SystemProgram,
  SYSVAR_CLOCK_PUBKEY,
  SYSVAR_RENT_PUBKEY,
  TransactionInstruction,
  type AccountMeta,
} from "@solana/web3.js";

export const loaderId = new PublicKey("BPFLoaderUpgradeab1e11111111111111111111111");
/** Bytes of an ELF that fit in one transaction. */
export const chunkLength = 900;

const writable = (pubkey: PublicKey, isSigner = false): AccountMeta => ({ pubkey, isSigner, isWritable: true });
const readonly = (pubkey: PublicKey, isSigner = false): AccountMeta => ({ pubkey, isSigner, isWritable: false });

function instruction(keys: AccountMeta[], tag: number, ...fields: readonly Buffer[]): TransactionInstruction {
  return new TransactionInstruction({ programId: loaderId, keys, data: Buffer.concat([u32(tag), ...fields]) });
}

export function programDataOf(program: PublicKey): PublicKey {
  return PublicKey.findProgramAddressSync([program.toBytes()], loaderId)[0];
}

export function createBuffer(payer: PublicKey, buffer: PublicKey, length: number, lamports: number): readonly TransactionInstruction[] {
  return [
    SystemProgram.createAccount({ fromPubkey: payer, newAccountPubkey: buffer, lamports, space: 37 + length, programId: loaderId }),
    instruction([writable(buffer), readonly(payer)], 0),
  ];
}

/** One instruction for each transaction. */
export function writeChunks(authority: PublicKey, buffer: PublicKey, elf: Uint8Array): readonly TransactionInstruction[] {
  return Array.from({ length: Math.ceil(elf.length / chunkLength) }, (_, index) => {
    const offset = index * chunkLength;
    const bytes = Buffer.from(elf.subarray(offset, offset + chunkLength));
    return instruction([writable(buffer), readonly(authority, true)], 1, u32(offset), u64(bytes.length), bytes);
  });
}

export function deploy(
  payer: PublicKey,
  program: Keypair,
  buffer: PublicKey,
  maximum: number,
  lamports: number,
): readonly TransactionInstruction[] {
  const keys = [
    writable(payer, true),
    writable(programDataOf(program.publicKey)),
    writable(program.publicKey),
    writable(buffer),
    readonly(SYSVAR_RENT_PUBKEY),
    readonly(SYSVAR_CLOCK_PUBKEY),
    readonly(SystemProgram.programId),
    readonly(payer, true),
  ];
  return [
    SystemProgram.createAccount({ fromPubkey: payer, newAccountPubkey: program.publicKey, lamports, space: 36, programId: loaderId }),
    instruction(keys, 2, u64(maximum)),
  ];
}

export function upgrade(authority: PublicKey, program: PublicKey, buffer: PublicKey): TransactionInstruction {
  const keys = [
    writable(programDataOf(program)),
    writable(program),
    writable(buffer),
    writable(authority),
    readonly(SYSVAR_RENT_PUBKEY),
    readonly(SYSVAR_CLOCK_PUBKEY),
    readonly(authority, true),
  ];
  return instruction(keys, 3);
}

export function closeProgram(authority: PublicKey, program: PublicKey): TransactionInstruction {
  return instruction([writable(programDataOf(program)), writable(authority), readonly(authority, true), writable(program)], 5);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

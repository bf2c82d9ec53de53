/** The System program: makes accounts, moves lamports, keeps durable nonces. Instructions are Agave's `SystemInstruction`. */
import { InstructionFault } from "../../errors/instruction-error.ts";
import type { InvokeContext } from "../../runtime/invoke-context.ts";
import { createInstructionReader, type InstructionReader } from "../instruction-reader.ts";
import { allocate, allocateAndAssign, assign, createAccount, createAccountAllowPrefund } from "./accounts.ts";
import { advanceNonce, authorizeNonce, initializeNonce, upgradeNonce, withdrawNonce } from "./nonce-account.ts";
import { signerAddress } from "./seed-address.ts";
import { transfer, transferWithSeed } from "./transfer.ts";

/** Units of every instruction. */
const COMPUTE_UNITS = 150;

/** Runs one instruction. */
export function systemProgram(context: InvokeContext): void {
  context.consume(COMPUTE_UNITS);
  const reader = createInstructionReader(context.current.data);
  const run = instructions[reader.u32()];
  if (run === undefined) throw new InstructionFault("InvalidInstructionData");
  run(context, reader);
}

/** By number. Each one reads all of its data before it looks at an account. */
const instructions: readonly ((context: InvokeContext, reader: InstructionReader) => void)[] = [
  function createAccountInstruction(context, reader) {
    createAccount(context, { lamports: reader.u64(), space: reader.u64(), owner: reader.pubkey() });
  },
  function assignInstruction(context, reader) {
    const owner = reader.pubkey();
    context.current.checkAccountCount(1);
    assign(context, context.current.account(0), signerAddress(context, context.current.keyOf(0)), owner);
  },
  function transferInstruction(context, reader) {
    const lamports = reader.u64();
    context.current.checkAccountCount(2);
    transfer(context, 0, 1, lamports);
  },
  function createAccountWithSeedInstruction(context, reader) {
    const base = reader.pubkey();
    const seed = reader.text();
    const lamports = reader.u64();
    const space = reader.u64();
    const owner = reader.pubkey();
    createAccount(context, { lamports, space, owner, derivation: { base, seed, owner } });
  },
  advanceNonce,
  function withdrawNonceInstruction(context, reader) {
    withdrawNonce(context, reader.u64());
  },
  function initializeNonceInstruction(context, reader) {
    initializeNonce(context, reader.pubkey());
  },
  function authorizeNonceInstruction(context, reader) {
    authorizeNonce(context, reader.pubkey());
  },
  function allocateInstruction(context, reader) {
    const space = reader.u64();
    context.current.checkAccountCount(1);
    allocate(context, context.current.account(0), signerAddress(context, context.current.keyOf(0)), space);
  },
  function allocateWithSeedInstruction(context, reader) {
    const base = reader.pubkey();
    const seed = reader.text();
    const space = reader.u64();
    const owner = reader.pubkey();
    context.current.checkAccountCount(1);
    const account = context.current.account(0);
    allocateAndAssign(context, account, signerAddress(context, account.key, { base, seed, owner }), { space, owner });
  },
  function assignWithSeedInstruction(context, reader) {
    const base = reader.pubkey();
    const seed = reader.text();
    const owner = reader.pubkey();
    context.current.checkAccountCount(1);
    const account = context.current.account(0);
    assign(context, account, signerAddress(context, account.key, { base, seed, owner }), owner);
  },
  function transferWithSeedInstruction(context, reader) {
    const lamports = reader.u64();
    const seed = reader.text();
    transferWithSeed(context, lamports, { seed, owner: reader.pubkey() });
  },
  upgradeNonce,
  function createAccountAllowPrefundInstruction(context, reader) {
    createAccountAllowPrefund(context, { lamports: reader.u64(), space: reader.u64(), owner: reader.pubkey() });
  },
];

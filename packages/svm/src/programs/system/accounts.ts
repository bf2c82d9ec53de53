/** Making accounts: size, owner, first lamports. */
import { equalBytes, isTaggedPubkey, maxAccountDataLength, pubkeyToBase58, systemProgram, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../../errors/instruction-error.ts";
import type { BorrowedAccount, InvokeContext } from "../../runtime/invoke-context.ts";
import { minimumBalance } from "../../sysvars/rent.ts";
import { describeAddress, hasSigned, signerAddress, type SeedDerivation, type SignerAddress } from "./seed-address.ts";
import { systemError } from "./system-error.ts";
import { transfer } from "./transfer.ts";

/** What an account is made as. */
export interface NewAccount {
  readonly lamports: bigint;
  readonly space: bigint;
  readonly owner: Pubkey;
  readonly derivation?: SeedDerivation;
}

const emptyMinimum = minimumBalance(0);

/** Gives an empty account of the System program its size. */
export function allocate(context: InvokeContext, account: BorrowedAccount, address: SignerAddress, space: bigint): void {
  if (!hasSigned(context.current, address)) {
    context.log(`Allocate: 'to' account ${describeAddress(address)} must sign`);
    throw new InstructionFault("MissingRequiredSignature");
  }
  if (account.dataLength > 0 || !isSystemOwned(account)) {
    context.log(`Allocate: account ${describeAddress(address)} already in use`);
    throw systemError("AccountAlreadyInUse");
  }
  if (space > BigInt(maxAccountDataLength)) {
    context.log(`Allocate: requested ${space}, max allowed ${maxAccountDataLength}`);
    throw systemError("InvalidAccountDataLength");
  }
  assertUntagged(context, "Allocate", account);
  account.resize(Number(space));
}

/** Gives an account of the System program to `owner`. */
export function assign(context: InvokeContext, account: BorrowedAccount, address: SignerAddress, owner: Pubkey): void {
  if (equalBytes(account.owner, owner)) return;
  if (!hasSigned(context.current, address)) {
    context.log(`Assign: account ${describeAddress(address)} must sign`);
    throw new InstructionFault("MissingRequiredSignature");
  }
  assertUntagged(context, "Assign", account);
  account.setOwner(owner);
}

/** Both at once. */
export function allocateAndAssign(
  context: InvokeContext,
  account: BorrowedAccount,
  address: SignerAddress,
  { space, owner }: Pick<NewAccount, "space" | "owner">,
): void {
  allocate(context, account, address, space);
  assign(context, account, address, owner);
}

/** CreateAccount and CreateAccountWithSeed: account 1, paid by account 0. */
export function createAccount(context: InvokeContext, { lamports, space, owner, derivation }: NewAccount): void {
  const { current } = context;
  current.checkAccountCount(2);
  const address = signerAddress(context, current.keyOf(1), derivation);
  const account = current.account(1);
  // Solana lets no account stand below the minimum; here a contract can send a wei to any address, and must not block the
  // account that is to be made there (rule 11).
  if (account.lamports > 0n && !(isSystemOwned(account) && account.dataLength === 0 && account.lamports < emptyMinimum)) {
    context.log(`Create Account: account ${describeAddress(address)} already in use`);
    throw systemError("AccountAlreadyInUse");
  }
  allocateAndAssign(context, account, address, { space, owner });
  transfer(context, 0, 1, lamports);
}

/** CreateAccountAllowPrefund (SIMD-0312): account 0 may hold lamports already; account 1 pays what is asked for. */
export function createAccountAllowPrefund(context: InvokeContext, { lamports, space, owner }: NewAccount): void {
  const { current } = context;
  current.checkAccountCount(lamports > 0n ? 2 : 1);
  allocateAndAssign(context, current.account(0), signerAddress(context, current.keyOf(0)), { space, owner });
  if (lamports > 0n) transfer(context, 1, 0, lamports);
}

function isSystemOwned(account: BorrowedAccount): boolean {
  return equalBytes(account.owner, systemProgram);
}

/** A tagged account stays plain for ever (rule 3): its address belongs to an EVM key or a contract. */
function assertUntagged(context: InvokeContext, operation: string, account: BorrowedAccount): void {
  if (!isTaggedPubkey(account.key)) return;
  context.log(
    `${operation}: account ${pubkeyToBase58(account.key)} is the plain account of an address, it holds no data and has no other owner`,
  );
  throw new InstructionFault("InvalidArgument");
}

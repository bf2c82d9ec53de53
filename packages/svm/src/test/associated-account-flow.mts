/** Associated token accounts: made, made again, recovered; with calls to the token program and to System. */
import { systemProgram, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";
import { findProgramAddress } from "../runtime/program-address.ts";
import { instructionOf, keyOf, mintLength, payer, rentOf, sol } from "./token-flow.mts";
import { associatedTokenProgram, createAccount, readonly, signer, uint64, writable, writableSigner } from "./token-instructions.mts";
import type { TwinWorlds } from "./twin-worlds.mts";

/** The associated account of a wallet, or of another account. */
export function associatedAddress(owner: Pubkey, token: Pubkey, mint: Pubkey): Pubkey {
  return findProgramAddress([owner, token, mint], associatedTokenProgram).address;
}

/** The instruction that makes it: 0 fails where it stands already, 1 does not. */
export function createAssociated(address: Pubkey, owner: Pubkey, token: Pubkey, mint: Pubkey, ...data: readonly number[]): Instruction {
  const accounts = [writableSigner(payer), writable(address), readonly(owner), readonly(mint), readonly(systemProgram), readonly(token)];
  return instructionOf(associatedTokenProgram, accounts, ...data);
}

/** Makes a mint of `token` under `mint`. */
export function createMint(token: Pubkey, mint: Pubkey): readonly Instruction[] {
  return [createAccount(payer, mint, rentOf(mintLength), mintLength, token), instructionOf(token, [writable(mint)], 20, 6, payer, 0)];
}

/** Plays it for one token program. */
export function playAssociatedFlow(twins: TwinWorlds, token: Pubkey, seed: number): void {
  const [mint, alice, bob] = [keyOf(seed), keyOf(seed + 1), keyOf(seed + 2)];
  const send = (...instructions: readonly Instruction[]): void => void twins.send(payer, ...instructions);
  twins.setAccount({ key: payer, lamports: 100n * sol });
  send(...createMint(token, mint));
  const own = associatedAddress(alice, token, mint);
  send(createAssociated(own, alice, token, mint));
  send(createAssociated(own, alice, token, mint, 0));
  send(createAssociated(own, alice, token, mint, 1));
  send(createAssociated(own, bob, token, mint, 0));
  send(createAssociated(associatedAddress(bob, token, mint), bob, token, alice, 0));
  send(createAssociated(associatedAddress(bob, token, mint), bob, token, mint, 9));
  // An account that has lamports already is made by three calls instead of one.
  const other = associatedAddress(bob, token, mint);
  twins.setAccount({ key: other, lamports: 1n });
  send(createAssociated(other, bob, token, mint, 1));
  const nested = associatedAddress(own, token, mint);
  send(
    createAssociated(nested, own, token, mint, 0),
    instructionOf(token, [writable(mint), writable(nested), signer(payer)], 7, uint64(5n)),
  );
  const recover = (owner: AccountMeta) =>
    instructionOf(
      associatedTokenProgram,
      [writable(nested), readonly(mint), writable(own), writable(own), readonly(mint), owner, readonly(token)],
      2,
    );
  send(recover(writable(alice)));
  send(recover(writableSigner(alice)));
  send(recover(writableSigner(alice)));
}

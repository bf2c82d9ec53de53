import { Address, Bytes32, Erc20Face, msg, self, SplToken, StorageU64, Svm, u256 } from "@trireme/contract-as";

@event
class Paid {
  amount: u64;
  left: u64;
}

@event
class Refused {
  amount: u64;
}

/** Holds SPL tokens and pays them out: a WASM contract that owns accounts of the SVM. */
@contract
export class Treasury {
  private payments: StorageU64;

  /** Makes the token account of this contract; its rent is paid from this contract's balance. */
  open(mint: Bytes32): void {
    SplToken.createAssociatedAccount(Svm.myself(), mint);
  }

  @receive
  receive(): void {}

  pay(mint: Bytes32, to: Bytes32, amount: u64): void {
    const own = SplToken.associatedAccount(Svm.myself(), mint);
    SplToken.transfer(own, to, amount);
    this.payments.set(this.payments.get() + 1);
    new Paid(amount, SplToken.balanceOf(own)).emit();
  }

  /** Tries to pay, and goes on where the token program says no. */
  tryPay(mint: Bytes32, to: Bytes32, amount: u64): void {
    const own = SplToken.associatedAccount(Svm.myself(), mint);
    const result = SplToken.tryTransfer(own, to, amount);
    if (result.succeeded) new Paid(amount, SplToken.balanceOf(own)).emit();
    else new Refused(amount).emit();
  }

  /** Takes tokens that the caller allowed it to take: a mint is an ERC-20 as well. */
  pull(mint: Bytes32, value: u256): void {
    Erc20Face.of(mint).transferFrom(msg.sender(), self(), value);
  }

  /** Pays an address, which has a token account already. */
  refund(mint: Bytes32, to: Address, value: u256): void {
    const token = Erc20Face.of(mint);
    if (token.balanceOf(self()) >= value) token.transfer(to, value);
    else new Refused(value.toU64()).emit();
  }

  /** Lets somebody take tokens, for whom a token account is opened at this contract's cost. */
  lend(mint: Bytes32, to: Address, value: u256): void {
    const token = Erc20Face.of(mint);
    token.openAccount(to);
    token.approve(to, value);
  }

  @view
  lent(mint: Bytes32, to: Address): u256 {
    return Erc20Face.of(mint).allowance(self(), to);
  }

  @view
  tokens(mint: Bytes32): u64 {
    return SplToken.balanceOf(SplToken.associatedAccount(Svm.myself(), mint));
  }

  @view
  paid(): u64 {
    return this.payments.get();
  }
}

import { Bytes32, SplToken, StorageU64, Svm } from "@trireme/contract-as";

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

  @view
  tokens(mint: Bytes32): u64 {
    return SplToken.balanceOf(SplToken.associatedAccount(Svm.myself(), mint));
  }

  @view
  paid(): u64 {
    return this.payments.get();
  }
}

import { Address, Bytes32, Erc20Face, msg, require, self, StorageMapping, StorageU256, u256 } from "@trireme/contract-as";

@event
class Deposited {
  from: Address;
  value: u256;
}

/** Keeps SPL tokens for those who allowed it to take them, and gives them back: an ERC-20 contract, over SPL mints. */
@contract
export class Vault {
  private deposits: StorageMapping<Bytes32, StorageMapping<Address, StorageU256>>;

  /** Pulls tokens of the caller; the token account of this contract is opened where there is none, which takes lamports. */
  deposit(mint: Bytes32, value: u256): void {
    const from = msg.sender();
    const token = Erc20Face.of(mint);
    const before = token.balanceOf(self());
    token.transferFrom(from, self(), value);
    // What came, which a mint with a transfer fee makes less.
    const came = token.balanceOf(self()) - before;
    const kept = this.deposits.at(mint).at(from);
    kept.set(kept.get() + came);
    new Deposited(from, came).emit();
  }

  withdraw(mint: Bytes32, value: u256): void {
    const to = msg.sender();
    const kept = this.deposits.at(mint).at(to);
    const held = kept.get();
    require(held >= value, "more than was deposited");
    kept.set(held - value);
    Erc20Face.of(mint).transfer(to, value);
  }

  @receive
  receive(): void {}

  @view
  depositOf(mint: Bytes32, owner: Address): u256 {
    return this.deposits.at(mint).at(owner).get();
  }
}

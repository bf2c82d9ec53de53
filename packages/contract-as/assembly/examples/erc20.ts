import { Address, Indexed, msg, revert, StorageMapping, StorageString, StorageU256, StorageValue, u256 } from "@trireme/contract-as";

@event
class Transfer {
  from: Indexed<Address>;
  to: Indexed<Address>;
  value: u256;
}

@event
class Approval {
  owner: Indexed<Address>;
  spender: Indexed<Address>;
  value: u256;
}

@error
class ERC20InsufficientBalance {
  sender: Address;
  balance: u256;
  needed: u256;
}

@error
class ERC20InsufficientAllowance {
  spender: Address;
  allowance: u256;
  needed: u256;
}

@error
class ERC20InvalidReceiver {
  receiver: Address;
}

/** ERC-20 with the storage layout, events and errors of OpenZeppelin's. */
@contract
export class Erc20 {
  private balances: StorageMapping<Address, StorageU256>;
  private allowances: StorageMapping<Address, StorageMapping<Address, StorageU256>>;
  private supply: StorageU256;
  private title: StorageString;
  private ticker: StorageString;

  /** To be called once after the deployment: mints everything to the caller. */
  initialize(name: string, symbol: string, supply: u256): void {
    if (!this.supply.get().isZero) revert("already initialized");
    const owner = msg.sender();
    this.title.set(name);
    this.ticker.set(symbol);
    this.supply.set(supply);
    this.balances.at(owner).set(supply);
    new Transfer(Address.zero, owner, supply).emit();
  }

  @view
  name(): string {
    return this.title.get();
  }

  @view
  symbol(): string {
    return this.ticker.get();
  }

  @pure
  decimals(): u8 {
    return 18;
  }

  @view
  totalSupply(): u256 {
    return this.supply.get();
  }

  @view
  balanceOf(account: Address): u256 {
    return this.balances.at(account).get();
  }

  @view
  allowance(owner: Address, spender: Address): u256 {
    return this.allowances.at(owner).at(spender).get();
  }

  transfer(to: Address, value: u256): bool {
    this.move(msg.sender(), to, value);
    return true;
  }

  approve(spender: Address, value: u256): bool {
    const owner = msg.sender();
    this.allowances.at(owner).at(spender).set(value);
    new Approval(owner, spender, value).emit();
    return true;
  }

  transferFrom(from: Address, to: Address, value: u256): bool {
    const spender = msg.sender();
    const allowance = this.allowances.at(from).at(spender);
    const allowed = allowance.get();
    if (allowed != u256.max) {
      if (allowed < value) new ERC20InsufficientAllowance(spender, allowed, value).revert();
      allowance.set(allowed.subWrapping(value));
    }
    this.move(from, to, value);
    return true;
  }

  private move(from: Address, to: Address, value: u256): void {
    if (to.isZero) new ERC20InvalidReceiver(to).revert();
    const source: StorageValue<u256> = this.balances.at(from);
    const balance = source.get();
    if (balance < value) new ERC20InsufficientBalance(from, balance, value).revert();
    source.set(balance.subWrapping(value));
    const target: StorageValue<u256> = this.balances.at(to);
    // The supply bounds every sum of balances.
    target.set(target.get().addWrapping(value));
    new Transfer(from, to, value).emit();
  }
}

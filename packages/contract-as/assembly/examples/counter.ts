import { Address, Indexed, msg, StorageAddress, StorageU256, u256 } from "@trireme/contract-as";

@event
class Incremented {
  by: Indexed<Address>;
  count: u256;
}

@contract
export class Counter {
  private count: StorageU256;
  private last: StorageAddress;

  @view
  get(): u256 {
    return this.count.get();
  }

  @view
  lastCaller(): Address {
    return this.last.get();
  }

  increment(): void {
    const sender = msg.sender();
    const count = this.count.get() + u256.one;
    this.count.set(count);
    this.last.set(sender);
    new Incremented(sender, count).emit();
  }
}

import * as hostio from "./hostio";
import { Address } from "./address";
import { u256 } from "./u256";

const WORD: usize = memory.data(32);

/** Of the call that runs. */
export namespace msg {
  export function sender(): Address {
    const address = new Address();
    hostio.msg_sender(address.pointer);
    return address;
  }
  /** In wei. */
  export function value(): u256 {
    hostio.msg_value(WORD);
    return u256.load(WORD);
  }
  /** True when a frame of the same contract is open below this one. */
  export function isReentrant(): bool {
    return hostio.msg_reentrant() != 0;
  }
}

/** Of the block. */
export namespace block {
  export function number(): u64 {
    return hostio.block_number();
  }
  /** Seconds since 1970. */
  export function timestamp(): u64 {
    return hostio.block_timestamp();
  }
  export function coinbase(): Address {
    const address = new Address();
    hostio.block_coinbase(address.pointer);
    return address;
  }
  export function gasLimit(): u64 {
    return hostio.block_gas_limit();
  }
  export function baseFee(): u256 {
    hostio.block_basefee(WORD);
    return u256.load(WORD);
  }
  export function chainId(): u64 {
    return hostio.chainid();
  }
}

/** Of the transaction. */
export namespace tx {
  export function origin(): Address {
    const address = new Address();
    hostio.tx_origin(address.pointer);
    return address;
  }
  export function gasPrice(): u256 {
    hostio.tx_gas_price(WORD);
    return u256.load(WORD);
  }
  /** Ink that one gas is worth. */
  export function inkPrice(): u32 {
    return <u32>hostio.tx_ink_price();
  }
}

/** The contract's own address. */
export function self(): Address {
  const address = new Address();
  hostio.contract_address(address.pointer);
  return address;
}

export function gasLeft(): u64 {
  return hostio.evm_gas_left();
}

export function inkLeft(): u64 {
  return hostio.evm_ink_left();
}

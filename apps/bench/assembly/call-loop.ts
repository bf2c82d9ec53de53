import { Address, Bytes, call } from "@trireme/contract-as";

/** Calls one account again and again, with the same bytes. */
@contract
export class CallLoop {
  run(target: Address, count: u32, data: Bytes): void {
    for (let index: u32 = 0; index < count; index++) call(target, data).unwrap();
  }
}

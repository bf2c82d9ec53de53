import { Bytes } from "@trireme/contract-as";

/** Takes every call and does nothing. */
@contract
export class Nothing {
  @fallback
  fallback(input: Bytes): void {}
}

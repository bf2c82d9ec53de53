/** Where contracts of other VMs reach the SVM. */
import { addressFromHex, type Address } from "@trireme/core";

/** `svm` in ASCII and zeros, before the system accounts of the SVM. */
export const gatewayAddress: Address = addressFromHex("0x73766d0000000000000000000000000000000000");

/** `trireme accounts`: the development accounts. */
import { addressToChecksumHex, pubkeyToBase58 } from "@trireme/core";
import { defaultMnemonic, deriveDevAccounts, devAccountSecret, type DevAccount } from "@trireme/node";
import { integerOption, textOption } from "../options.ts";

/** An account as it is printed: both names and the secret, as text. */
export interface PrintedAccount {
  readonly kind: DevAccount["kind"];
  readonly address: string;
  readonly pubkey: string;
  readonly secret: string;
  readonly path: string;
}

/** Texts of an account: checksummed address, base58 pubkey, secret in its tools' import format. */
export function printedAccount(account: DevAccount): PrintedAccount {
  const { kind, address, pubkey, path } = account;
  return { kind, address: addressToChecksumHex(address), pubkey: pubkeyToBase58(pubkey), secret: devAccountSecret(account), path };
}

/** Runs the command. */
export function accounts(options: Readonly<Record<string, unknown>>): void {
  const count = integerOption("--accounts", options["accounts"], 1, 1000) ?? 10;
  const mnemonic = textOption("--mnemonic", options["mnemonic"]) ?? defaultMnemonic;
  const printed = deriveDevAccounts(mnemonic, count).map(printedAccount);
  if (options["json"] === true) {
    console.log(JSON.stringify({ mnemonic, accounts: printed }));
    return;
  }
  console.log(`mnemonic  ${mnemonic}\n`);
  for (const { kind, address, pubkey, secret, path } of printed) {
    console.log(`${kind.padEnd(6)}  ${address}  ${pubkey.padEnd(44)}  ${path}\n        ${secret}`);
  }
}

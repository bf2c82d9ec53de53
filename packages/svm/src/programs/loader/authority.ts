/** SetAuthority and SetAuthorityChecked: who may write a buffer or upgrade a program. */
import { pubkeyToBase58, type Pubkey } from "@trireme/core";
import type { InvokeContext } from "../../runtime/invoke-context.ts";
import { checkAuthority, refusal } from "./loader-checks.ts";
import { loaderStateOf, setLoaderState } from "./loader-state.ts";

/** SetAuthority: account 1 hands over to account 2, or to nobody. A buffer always has an authority. */
export function setAuthority(context: InvokeContext): void {
  const { current } = context;
  current.checkAccountCount(2);
  const authority = current.accountCount > 2 ? current.keyOf(2) : undefined;
  changeAuthority(context, authority, () => undefined);
  context.log(`New authority ${authority === undefined ? "None" : `Some(${pubkeyToBase58(authority)})`}`);
}

/** SetAuthorityChecked: the new authority signs as well. */
export function setAuthorityChecked(context: InvokeContext): void {
  const { current } = context;
  current.checkAccountCount(3);
  const authority = current.keyOf(2);
  changeAuthority(context, authority, () => {
    if (!current.isSigner(2)) throw refusal(context, "New authority did not sign", "MissingRequiredSignature");
  });
  context.log(`New authority ${pubkeyToBase58(authority)}`);
}

function changeAuthority(context: InvokeContext, authority: Pubkey | undefined, checkNew: () => void): void {
  const account = context.current.account(0);
  const state = loaderStateOf(account);
  if (state.kind === "buffer") {
    if (authority === undefined) throw refusal(context, "Buffer authority is not optional", "IncorrectAuthority");
    checkAuthority(context, {
      authority: state.authority,
      index: 1,
      immutable: "Buffer is immutable",
      incorrect: "Incorrect buffer authority provided",
      unsigned: "Buffer authority did not sign",
    });
  } else if (state.kind === "programData") {
    checkAuthority(context, {
      authority: state.authority,
      index: 1,
      immutable: "Program not upgradeable",
      incorrect: "Incorrect upgrade authority provided",
      unsigned: "Upgrade authority did not sign",
    });
  } else {
    throw refusal(context, "Account does not support authorities", "InvalidArgument");
  }
  checkNew();
  setLoaderState(account, { ...state, authority });
}

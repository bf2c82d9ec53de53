/** The accounts that a run touched, in the shape of geth's `prestateTracer`: as they were, or also as they became. */
import type { AccountState, ChainTracer, TouchedAccount } from "@trireme/chain";
import { addressToHex, bytesToHex, equalBytes, zeroHash, type Hex } from "@trireme/core";
import { toQuantity } from "../ethereum/format/quantity.ts";

/** geth's `tracerConfig` of this tracer. */
export interface PrestateTracerOptions {
  /** What changed, before and after, instead of what was touched. */
  readonly diffMode: boolean;
  readonly disableCode: boolean;
  readonly disableStorage: boolean;
}

/** An account on the wire; what is zero or empty is left out, but for the balance. */
export interface PrestateAccount {
  readonly balance?: Hex;
  readonly nonce?: number;
  readonly code?: Hex;
  readonly storage?: Readonly<Record<Hex, Hex>>;
}

type Accounts = Readonly<Record<Hex, PrestateAccount>>;

/** Shows what was touched. */
export interface PrestateTracer extends ChainTracer {
  /** Accounts by address; with `diffMode` those of both sides. */
  result(): Accounts | { readonly pre: Accounts; readonly post: Accounts };
}

/** Makes a tracer for one run. */
export function createPrestateTracer(options: Partial<PrestateTracerOptions> = {}): PrestateTracer {
  const { diffMode = false, disableCode = false, disableStorage = false } = options;
  let accounts: readonly TouchedAccount[] = [];
  const shown = (account: TouchedAccount): TouchedAccount => {
    const { before, after, slots } = account;
    return {
      ...account,
      before: disableCode ? { ...before, code: noCode } : before,
      after: disableCode ? { ...after, code: noCode } : after,
      slots: disableStorage ? [] : slots,
    };
  };
  return {
    wantsSteps: false,
    wantsMemory: false,
    wantsTouches: true,
    enter() {},
    exit() {},
    log() {},
    step() {},
    selfDestruct() {},
    touched(touched) {
      accounts = touched.map(shown);
    },
    result: () => (diffMode ? differences(accounts) : prestates(accounts)),
  };
}

const noCode = new Uint8Array(0);

function prestates(accounts: readonly TouchedAccount[]): Accounts {
  return byAddress(
    accounts.filter((account) => !isNew(account)),
    ({ before, slots }) => ({ ...stateFields(before), ...storageField(slots.map(({ key, before: value }) => [key, value])) }),
  );
}

function differences(accounts: readonly TouchedAccount[]): { readonly pre: Accounts; readonly post: Accounts } {
  const changed = accounts.filter(isChanged).map((account) => ({ ...account, slots: account.slots.filter(isSlotChanged) }));
  return {
    pre: byAddress(
      changed.filter((account) => !isNew(account)),
      ({ before, slots }) => ({ ...stateFields(before), ...storageField(nonzero(slots.map(({ key, before: value }) => [key, value]))) }),
    ),
    post: byAddress(
      changed.filter(({ isDestroyed }) => !isDestroyed),
      ({ before, after, slots }) => ({
        ...(after.balance === before.balance ? {} : { balance: toQuantity(after.balance) }),
        ...(after.nonce === before.nonce ? {} : { nonce: Number(after.nonce) }),
        ...(equalBytes(after.code, before.code) ? {} : { code: bytesToHex(after.code) }),
        ...storageField(nonzero(slots.map(({ key, after: value }) => [key, value]))),
      }),
    ),
  };
}

type Slot = readonly [key: Uint8Array, value: Uint8Array];

function byAddress(accounts: readonly TouchedAccount[], show: (account: TouchedAccount) => PrestateAccount): Accounts {
  return Object.fromEntries(accounts.map((account) => [addressToHex(account.address), show(account)]));
}

function stateFields({ balance, nonce, code }: AccountState): PrestateAccount {
  return {
    balance: toQuantity(balance),
    ...(nonce === 0n ? {} : { nonce: Number(nonce) }),
    ...(code.length === 0 ? {} : { code: bytesToHex(code) }),
  };
}

function storageField(slots: readonly Slot[]): PrestateAccount {
  if (slots.length === 0) return {};
  return { storage: Object.fromEntries(slots.map(([key, value]) => [bytesToHex(key), bytesToHex(value)])) };
}

function nonzero(slots: readonly Slot[]): readonly Slot[] {
  return slots.filter(([, value]) => !equalBytes(value, zeroHash));
}

/** A contract that the run made where nothing was has no state before. */
function isNew({ isCreated, before }: TouchedAccount): boolean {
  return isCreated && before.balance === 0n && before.nonce === 0n && before.code.length === 0;
}

function isChanged({ before, after, slots }: TouchedAccount): boolean {
  return (
    before.balance !== after.balance || before.nonce !== after.nonce || !equalBytes(before.code, after.code) || slots.some(isSlotChanged)
  );
}

function isSlotChanged({ before, after }: TouchedAccount["slots"][number]): boolean {
  return !equalBytes(before, after);
}

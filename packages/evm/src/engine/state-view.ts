/**
 * State manager, journal and blockchain as the engine's gas handlers read them. They hold nothing: every question goes
 * to the Host, and every answer is a plain value. What instructions write is in the frame interpreter.
 */
import { zeroHash, type Address } from "@trireme/core";
import { precompileAt } from "../precompiles/precompile-table.ts";
import type { EngineAddress } from "./ethereumjs.ts";
import type { Session } from "./session.ts";

/** What the interpreter is constructed with. */
export interface StateView {
  readonly stateManager: unknown;
  readonly journal: unknown;
  readonly blockchain: unknown;
}

/** A view of the state of whichever Host the session is on. */
export function createStateView(session: Session): StateView {
  const { host } = session;
  return {
    stateManager: {
      // EIP-161: what is empty does not exist.
      getAccount: ({ bytes }: EngineAddress) =>
        host.exists(bytes as Address)
          ? {
              isEmpty: () => false,
              get codeHash() {
                return host.getCodeHash(bytes as Address);
              },
            }
          : undefined,
      getCode: ({ bytes }: EngineAddress | { readonly bytes: Uint8Array }) => host.getCode(bytes as Address),
    },
    journal: {
      // EIP-2929: precompiles are always warm.
      isWarmedAddress: (address: Address) => host.isWarmAccount(address) || precompileAt(address, session.rules.hardfork) !== undefined,
      addWarmedAddress: (address: Address) => void host.accessAccount(address),
      isWarmedStorage: (address: Address, key: Uint8Array) => host.isWarmStorage(address, key),
      addWarmedStorage: (address: Address, key: Uint8Array) => void host.accessStorage(address, key),
    },
    blockchain: {
      getBlock: (number: number) => ({ hash: () => host.getBlockHash(BigInt(number)) ?? zeroHash }),
    },
  };
}

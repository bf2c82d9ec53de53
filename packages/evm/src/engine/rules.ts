/** The rules of a hardfork as the engine reads them: one `Common` per fork, with its look-ups made constant. */
import type { Common } from "@ethereumjs/common";
import { isAtLeast, keccak256, type Hardfork } from "@trireme/core";
import { kzg } from "../precompiles/kzg.ts";
import { recoverPublicKey } from "../precompiles/recover-public-key.ts";
import { requireFromEngine } from "./ethereumjs.ts";

/** A hardfork, as frames and interpreter ask for it. */
export interface Rules {
  readonly hardfork: Hardfork;
  readonly common: Common;
  /** EIP-170, in bytes. */
  readonly maxCodeSize: number;
  /** Gas per byte of deployed code. */
  readonly depositGas: bigint;
  /** EIP-7702: code may be a delegation. */
  readonly hasDelegations: boolean;
  /** EIP-6780: SELFDESTRUCT removes only what the same transaction created. */
  readonly keepsDestroyed: boolean;
}

const common = requireFromEngine("@ethereumjs/common") as {
  readonly Common: new (options: object) => Common;
  readonly Mainnet: unknown;
};
const { paramsEVM } = requireFromEngine("./params.js") as { readonly paramsEVM: object };
const rules = new Map<Hardfork, Rules>();
/** Above every number that the engine asks for. */
const EIP_NUMBERS = 10_000;

/** Rules of a hardfork, made once. */
export function rulesOf(hardfork: Hardfork): Rules {
  const known = rules.get(hardfork);
  if (known !== undefined) return known;
  const made = createRules(hardfork);
  rules.set(hardfork, made);
  return made;
}

function createRules(hardfork: Hardfork): Rules {
  const customCrypto = { keccak256, ecrecover: recoverPublicKey, kzg };
  const fork = new common.Common({ chain: common.Mainnet, hardfork, customCrypto });
  fork.updateParams(paramsEVM as never);
  makeConstant(fork);
  return {
    hardfork,
    common: fork,
    maxCodeSize: Number(fork.param("maxCodeSize")),
    depositGas: fork.param("createDataGas"),
    hasDelegations: isAtLeast(hardfork, "prague"),
    keepsDestroyed: isAtLeast(hardfork, "cancun"),
  };
}

/** The engine asks several times per instruction, and the originals search lists. A Common of ours never changes. */
function makeConstant(fork: Common): void {
  // An array with room for every number: filled here and there it would become a slow dictionary.
  const active: (boolean | undefined)[] = Array.from({ length: EIP_NUMBERS }, () => undefined);
  const isActive = fork.isActivatedEIP.bind(fork);
  const parameters = new Map<string, bigint>();
  const reached = new Map<string, boolean>();
  const remember = <K, V>(answers: Map<K, V>, ask: (key: K) => V) => {
    return (key: K): V => {
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = ask(key);
      answers.set(key, answer);
      return answer;
    };
  };
  const type = fork.consensusType();
  const algorithm = fork.consensusAlgorithm();
  Object.assign(fork, {
    isActivatedEIP: (eip: number) => (active[eip] ??= isActive(eip)),
    param: remember(parameters, fork.param.bind(fork) as (name: string) => bigint),
    gteHardfork: remember(reached, fork.gteHardfork.bind(fork) as (name: string) => boolean),
    consensusType: () => type,
    consensusAlgorithm: () => algorithm,
  });
}

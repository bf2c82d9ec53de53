/** Runs the engine's precompiles, one by one loaded into the realm that calls them. */
import { emptyBytes, type ExecutionResult } from "@trireme/core";
import { requireFromEngine, type Precompile } from "../engine/ethereumjs.ts";
import type { Pending, Realm } from "../engine/realm.ts";
import type { Rules } from "../engine/rules.ts";
import type { PrecompileEntry } from "./precompile-table.ts";

/** Runs a precompile on its input. A failure takes all gas. */
export type RunPrecompile = (
  entry: PrecompileEntry,
  input: Uint8Array,
  gas: bigint,
  rules: Rules,
) => ExecutionResult | Pending<ExecutionResult>;

/** The curves' libraries, for all realms: made at the first use. */
const curves = {
  get _bn254(): unknown {
    return (bn254 ??= construct("./precompiles/bn254/noble.js", "NobleBN254"));
  },
  get _bls(): unknown {
    return (bls ??= construct("./precompiles/bls12_381/noble.js", "NobleBLS"));
  },
};
let bn254: unknown;
let bls: unknown;

/** The precompiles of one realm. */
export function createPrecompileRunner(realm: Realm): RunPrecompile {
  return (entry, input, gas, { common }) => {
    const precompile = (realm.load(entry.file) as Readonly<Record<string, Precompile>>)[entry.name] as Precompile;
    // The input may be a view of the caller's memory.
    const pending = precompile({ data: input.slice(), gasLimit: gas, common, _EVM: curves });
    return realm.after(pending, ({ exceptionError, executionGasUsed, returnValue }) => {
      if (exceptionError === undefined) {
        return { kind: "success", gasLeft: gas - executionGasUsed, gasRefund: 0n, output: returnValue ?? emptyBytes };
      }
      const reason = exceptionError.error === "out of gas" ? "outOfGas" : "precompileFailure";
      return { kind: "halt", reason, detail: exceptionError.error };
    });
  };
}

function construct(path: string, name: string): unknown {
  const module = requireFromEngine(path) as Readonly<Record<string, new () => { init?: () => void }>>;
  const made = new (module[name] as new () => { init?: () => void })();
  made.init?.();
  return made;
}

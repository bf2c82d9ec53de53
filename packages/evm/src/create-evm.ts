/** The EVM as an execution environment: synchronous outside, @ethereumjs/evm inside. */
import {
  assertStackRoom,
  delegationTarget,
  emptyBytes,
  isAtLeast,
  type Address,
  type CallMessage,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Host,
} from "@trireme/core";
import { createEngine, type Engine } from "./engine/engine.ts";
import { precompileAt } from "./precompiles/precompile-table.ts";

/** Options of the EVM; none so far. They survive a structured clone, so that another thread can make the same one. */
export type EvmOptions = Readonly<Record<string, never>>;

/** An EVM for this thread. Engines are made when they are needed, one per level of re-entry, and kept. */
export function createEvm(_options: EvmOptions = {}): ExecutionEnvironment {
  const engines: (Engine | undefined)[] = [];
  let level = 0;
  return {
    id: "evm",
    claims: { kind: "default" },
    runsAddress: (address, block) => precompileAt(address, block.hardfork) !== undefined,
    openFrames(address) {
      let count = 0;
      for (let below = 0; below < level; below++) count += engines[below]?.openFrames(address) ?? 0;
      return count;
    },
    execute(message, host): ExecutionResult {
      if (message.kind === "instruction") return { kind: "halt", reason: "invalidCode", detail: "the EVM runs no SVM instructions" };
      if (message.kind === "call" && runsNothing(message, host)) {
        return { kind: "success", gasLeft: message.gas, gasRefund: 0n, output: emptyBytes };
      }
      assertStackRoom();
      const entered = level;
      const engine = (engines[entered] ??= createEngine());
      level = entered + 1;
      try {
        return engine.run(message, host);
      } finally {
        level = entered;
        if (engine.isBroken) engines[entered] = undefined;
      }
    },
  };
}

/** A call to an account without code: the value has moved already, and no engine is needed for the rest. */
function runsNothing({ codeAddress, depth }: CallMessage, host: Host): boolean {
  const { hardfork } = host.block;
  if (precompileAt(codeAddress, hardfork) !== undefined) return false;
  const code = host.getCode(codeAddress);
  if (code.length === 0) return true;
  const target = isAtLeast(hardfork, "prague") ? delegationTarget(code) : undefined;
  if (target === undefined || host.getCode(target as Address).length > 0) return false;
  if (depth === 0) host.accessAccount(target as Address);
  return true;
}

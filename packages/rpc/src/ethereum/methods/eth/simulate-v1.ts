/** eth_simulateV1 */
import { isTriremeError } from "@trireme/core";
import { RpcError, rpcErrorCodes } from "../../../json-rpc/rpc-error.ts";
import { required } from "../../../json-rpc/rpc-method.ts";
import { wireError } from "../../../json-rpc/wire-error.ts";
import { stateAt } from "../../blocks.ts";
import { formatSimulatedBlock } from "../../format/simulated-block.ts";
import { blockOrLatest } from "../../parameters/block-tag.ts";
import { limitedBlocks, simulationPayload } from "../../parameters/simulation.ts";
import { ethereumMethod } from "../../services.ts";

/** Codes that execution-apis gives the refusals of this method alone, by ours. */
const SIMULATION_CODES: Readonly<Record<string, number>> = {
  notAPrecompile: rpcErrorCodes.server,
  nonceTooLow: -38010,
  nonceTooHigh: -38011,
  feeCapTooLow: -38012,
  intrinsicGasTooLow: -38013,
  insufficientFunds: -38014,
  gasLimitReached: -38015,
  blockNumbersOutOfOrder: -38020,
  timestampsOutOfOrder: -38021,
  initCodeTooLarge: -38025,
  tooManyBlocks: -38026,
};

/** Makes blocks of calls on top of a block and forgets them. */
export const simulateV1 = ethereumMethod([required("payload", simulationPayload), blockOrLatest], async (services, [payload, block]) => {
  const { chain, limits } = services;
  if (block !== "latest" && block !== "pending") await stateAt(chain, block);
  const blocks = limitedBlocks(payload, limits);
  try {
    const simulated = await chain.simulate(blocks, {
      ...payload.options,
      block,
      maxBlocks: limits.simulatedBlocks,
      milliseconds: limits.callMilliseconds,
    });
    return simulated.map((made) => formatSimulatedBlock(made, chain.chainId, payload.returnFullTransactions));
  } catch (error) {
    throw simulationError(error);
  }
});

function simulationError(error: unknown): unknown {
  const code = isTriremeError(error) ? error.details["code"] : undefined;
  const wireCode = typeof code === "string" ? SIMULATION_CODES[code] : undefined;
  if (wireCode === undefined) return error;
  return new RpcError(wireCode, wireError(error).message, { code });
}

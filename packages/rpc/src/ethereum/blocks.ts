/** Finding blocks and state, with errors that name what is missing. */
import type { Block, BlockTag, Chain, StateView } from "@trireme/chain";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import { blockTagName } from "./parameters/block-tag.ts";

/** The block of a tag. @throws RpcError -32001 where there is none */
export async function blockAt(chain: Chain, tag: BlockTag): Promise<Block> {
  const block = await chain.getBlock(tag);
  if (block === undefined) throw blockNotFound(chain, tag);
  return block;
}

/** The state after the block of a tag. @throws RpcError -32001 where there is no such block */
export async function stateAt(chain: Chain, tag: BlockTag): Promise<StateView> {
  const state = await chain.stateAt(tag);
  if (state === undefined) throw blockNotFound(chain, tag);
  return state;
}

/** EIP-1898 recommends -32001 for a block that does not exist. */
export function blockNotFound(chain: Chain, tag: BlockTag): RpcError {
  return new RpcError(
    rpcErrorCodes.resourceNotFound,
    `header not found: expected a block up to the head, ${chain.head.header.number}, got ${blockTagName(tag)}`,
  );
}

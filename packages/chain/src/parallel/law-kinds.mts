// All kinds of transactions in random blocks, and how often each comes.
import { ethereumKinds } from "./law-ethereum-kinds.mts";
import { solanaKinds } from "./law-solana-kinds.mts";
import { treeKinds } from "./law-tree-kinds.mts";
import type { Weights } from "./law-draw.mts";

export const kinds = { ...ethereumKinds, ...solanaKinds, ...treeKinds };

export type KindName = keyof typeof kinds;

const mixed: readonly (readonly [KindName, number])[] = [
  ["transfer", 14],
  ["token", 14],
  ["box", 14],
  ["destroy", 5],
  ["create", 4],
  ["callMade", 5],
  ["deployWasm", 1],
  ["activate", 1],
  ["face", 3],
  ["fail", 4],
  ["refused", 5],
  ["coinbasePays", 2],
  ["blob", 3],
  ["delegate", 3],
  ["callDelegate", 3],
  ["request", 2],
  ["again", 2],
  ["pay", 8],
  ["sharedPayer", 3],
  ["spl", 14],
  ["tabled", 3],
  ["extendTable", 1],
  ["makeTable", 1],
  ["account", 4],
  ["empty", 2],
  ["nonce", 2],
  ["refusedMessage", 4],
  ["callContract", 4],
  ["upgrade", 2],
  ["callProgram", 5],
  ["ethereumTree", 3],
  ["solanaTree", 2],
];

export const weights: Weights = {
  none: [
    ["quietTransfer", 3],
    ["quietToken", 3],
    ["quietPay", 2],
    ["quietSpl", 3],
  ],
  some: mixed,
  hot: mixed,
};

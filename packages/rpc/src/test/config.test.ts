import { expect, it } from "vitest";
import { startTestNode } from "./test-node.mts";

it("eth_config names the rules of the chain's one hardfork (EIP-7910)", async () => {
  const configOf = async (hardfork: "london" | "osaka") => {
    const node = await startTestNode({ chain: { hardfork } });
    const { result } = await node.post("eth_config");
    await node.close();
    return result as { readonly current: { readonly precompiles: object } };
  };
  const osaka = await configOf("osaka");
  expect(osaka).toMatchObject({
    current: {
      activationTime: 0,
      blobSchedule: { baseFeeUpdateFraction: 5_007_716, max: 9, target: 6 },
      chainId: "0x7a69",
      forkId: expect.stringMatching(/^0x[0-9a-f]{8}$/),
      precompiles: {
        ECREC: "0x0000000000000000000000000000000000000001",
        BLS12_MAP_FP2_TO_G2: "0x0000000000000000000000000000000000000011",
        P256VERIFY: "0x0000000000000000000000000000000000000100",
      },
      systemContracts: {
        BEACON_ROOTS_ADDRESS: "0x000f3df6d732807ef1319fb7b8bb8522d0beac02",
        HISTORY_STORAGE_ADDRESS: "0x0000f90827f1c53a10cb7a02335b175320002935",
      },
    },
    next: null,
    last: null,
  });
  expect(Object.keys(osaka.current.precompiles)).toHaveLength(18);
  const london = await configOf("london");
  expect(london).toMatchObject({ current: { blobSchedule: null, systemContracts: {} } });
  expect(Object.keys(london.current.precompiles)).toHaveLength(9);
});

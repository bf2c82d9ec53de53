import { expect, it } from "vitest";
import { tellStory } from "./story.ts";

it("plugs into defineChain: deployed by the EVM, called by a wallet and by the EVM, and calling the EVM", async () => {
  const lines: string[] = [];
  const story = await tellStory((line) => lines.push(line));
  const { wallet, forwarder } = story.addresses;
  expect(story).toMatchObject({
    kindsOfCode: ["0xef4f56", "0x365f5f", "0xef4f56"],
    totals: [5n, 15n, 115n, 215n],
    senders: [wallet, forwarder, forwarder, forwarder],
    standsWithoutOwnVm: false,
  });
  expect(lines).toHaveLength(8);
});

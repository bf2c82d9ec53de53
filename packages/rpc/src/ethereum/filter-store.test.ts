import { createChain, defineChain, type Chain } from "@trireme/chain";
import { evm } from "@trireme/evm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFilterStore } from "./filter-store.ts";
import { defaultEthereumLimits } from "./services.ts";

let chain: Chain;
beforeAll(async () => {
  chain = await createChain(defineChain({ chainId: 31337, environments: [evm()], dev: true }));
});
afterAll(() => chain.close());

describe("installed filters", () => {
  it("are gone when nobody asks for them, and live while somebody does", async () => {
    let time = 0;
    const store = createFilterStore(chain, { ...defaultEthereumLimits, filterIdleMilliseconds: 1_000 }, () => time);
    const [asked, forgotten] = [store.install({ kind: "blocks" }), store.install({ kind: "blocks" })];
    time = 900;
    expect(store.changes(asked)).toEqual([]);
    time = 1_800;
    await chain.dev?.mine();
    expect(store.changes(asked)).toHaveLength(1);
    expect(() => store.changes(forgotten)).toThrow("was not asked for 1 seconds");
    store.close();
  });

  it("keep the newest changes when they wait for long", async () => {
    const store = createFilterStore(chain, { ...defaultEthereumLimits, filterBacklog: 3 });
    const id = store.install({ kind: "blocks" });
    const blocks = (await chain.dev?.mine(5)) ?? [];
    expect(store.changes(id)).toEqual(blocks.slice(2).map(({ hash }) => `0x${Buffer.from(hash).toString("hex")}`));
    expect(store.changes(id)).toEqual([]);
    store.close();
  });

  it("hear nothing after the store is closed, and have no logs unless they collect them", async () => {
    const store = createFilterStore(chain, defaultEthereumLimits);
    const id = store.install({ kind: "transactions" });
    expect(() => store.logFilter(id)).toThrow("expected a log filter");
    expect([store.uninstall(id), store.uninstall(id)]).toEqual([true, false]);
    store.close();
    expect(() => store.changes(id)).toThrow("filter not found");
  });
});

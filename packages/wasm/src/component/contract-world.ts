/** The world `trireme:contract`, of which `wit/contract.wit` is the text for tools. */
import { hostAdapters } from "./host-adapters.ts";

/** What a component has to be. */
export interface ContractWorld {
  readonly name: string;
  /** The interface that it may import. */
  readonly host: string;
  /** The function that it has to export, in WIT. */
  readonly exported: string;
  /** Parameters and result of each function of the host interface, in WIT; `word` and `address` stand for `list<u8>`. */
  readonly functions: Readonly<Record<string, string>>;
}

/** The world as it stands. */
export const contractWorld: ContractWorld = {
  name: "trireme:contract/contract@0.1.0",
  host: "trireme:contract/host@0.1.0",
  exported: "call: func(input: list<u8>) -> result<list<u8>, list<u8>>",
  functions: Object.fromEntries(Object.entries(hostAdapters).map(([name, { wit }]) => [name, wit])),
};

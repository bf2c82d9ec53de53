/** Everything deployed: the net in WASM and twice in Solidity, the token that asks the WASM one, and the gas meter. */
import { bytesToHex, concatBytes } from "@trireme/core";
import { buildNet, compileContracts, modelInitCodes } from "./contracts.ts";
import type { Deployed, Session } from "./session.ts";

/** @see deployScene */
export interface Scene {
  readonly session: Session;
  readonly wasm: Deployed;
  /** Bytes of the WASM contract's code and of the module in it. */
  readonly wasmSizes: { readonly code: number; readonly module: number };
  readonly plain: Deployed;
  readonly packed: Deployed;
  readonly token: Deployed;
  readonly meter: Deployed;
  /** Gas of the two accounts that hold the model for the nets in Solidity. */
  readonly modelGas: bigint;
}

/** Compiles and deploys. */
export async function deployScene(session: Session, model: Uint8Array): Promise<Scene> {
  const [net, contracts] = await Promise.all([buildNet(model), compileContracts()]);
  const wasm = await session.deployWasm(net);
  const [firstCode, secondCode] = modelInitCodes(model);
  const first = await session.deploy({ abi: [], bytecode: firstCode });
  const second = await session.deploy({ abi: [], bytecode: secondCode });
  return {
    session,
    wasm,
    wasmSizes: { code: net.codeSize, module: net.wasmSize },
    plain: await session.deploy(contracts.DigitNet, first.address, second.address),
    packed: await session.deploy(contracts.PackedDigitNet, first.address, second.address),
    token: await session.deploy(contracts.DigitToken, wasm.address),
    meter: await session.deploy(contracts.GasMeter),
    modelGas: first.gas + second.gas,
  };
}

/** Gas of one call that scores `images`, and the scores, by `eth_call` with more gas than a transaction may have. */
export async function measure({ session, meter }: Scene, net: Deployed, images: readonly Uint8Array[]) {
  const call = { address: meter.address, abi: meter.abi, functionName: "measure" } as const;
  const args = [net.address, bytesToHex(concatBytes(...images))];
  const { result } = await session.client.simulateContract({ ...call, args, gas: 50_000_000n });
  const [gas, logits] = result as unknown as readonly [bigint, readonly number[]];
  return { gas, logits };
}

/** What a net costs. */
export interface NetGas {
  /** Of a call with one image. */
  readonly first: bigint;
  /** Of each further image in the same call. */
  readonly further: bigint;
}

/** Measures a net on images, of which it needs two or more. */
export async function gasOf(scene: Scene, net: Deployed, images: readonly Uint8Array[]): Promise<NetGas> {
  const one = await measure(scene, net, images.slice(0, 1));
  const all = await measure(scene, net, images);
  return { first: one.gas, further: (all.gas - one.gas) / BigInt(images.length - 1) };
}

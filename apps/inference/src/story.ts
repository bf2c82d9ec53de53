/** The story: the net is deployed in two languages, a token asks it, and what both cost is measured. */
import { createHash } from "node:crypto";
import { bytesToHex } from "@trireme/core";
import { BaseError, ContractFunctionRevertedError, parseEventLogs } from "viem";
import { drawDigit, imageSide } from "./digits/draw-digit.ts";
import { accuracyOf, heldOut } from "./model/accuracy.ts";
import { netFromModel, readModel } from "./model/model-file.ts";
import { createRandom } from "./random.ts";
import { deployScene, gasOf, type NetGas, type Scene } from "./scene.ts";
import type { Session } from "./session.ts";

/** What the story leaves behind. */
export interface Story {
  readonly scene: Scene;
  readonly wasm: NetGas;
  readonly plain: NetGas;
  readonly packed: NetGas;
}

/** Plays it with the keys of `session`. */
export async function playStory(session: Session, print: (line: string) => void): Promise<Story> {
  const model = readModel();
  print("1. The model: 784 pixels -> 32 -> 10 digits, weights of 8 bits, trained on digits that the script draws");
  print(`  ${model.length} bytes, sha256 ${createHash("sha256").update(model).digest("hex").slice(0, 16)}`);
  print(`  reads ${(100 * accuracyOf(netFromModel(model))).toFixed(1)} % of ${heldOut.images} digits that it has not seen`);

  print("2. Deploy it as a WASM contract, in Solidity, and the token that asks it");
  const scene = await deployScene(session, model);
  const { wasm, wasmSizes, plain, packed, modelGas, token } = scene;
  print(`  WASM      ${gasText(wasm.gas)} gas  ${wasm.address}  ${wasmSizes.code} bytes of code, ${wasmSizes.module} unpacked`);
  print(`  Solidity  ${gasText(plain.gas + packed.gas + modelGas)} gas  ${plain.address}, with one that computes eight products at a time`);
  print(`  token     ${gasText(token.gas)} gas  ${token.address}`);

  await playMint(scene, print);

  print("5. The price of a look, by eth_call");
  const random = createRandom(5);
  const images = Array.from({ length: 5 }, (_, digit) => drawDigit(random, digit));
  const story = {
    scene,
    wasm: await gasOf(scene, wasm, images),
    plain: await gasOf(scene, plain, images),
    packed: await gasOf(scene, packed, images),
  };
  print("                                     one image    further ones, each");
  for (const [name, gas] of [
    ["WASM", story.wasm],
    ["Solidity, a product at a time", story.plain],
    ["Solidity, eight at a time", story.packed],
  ] as const) {
    const times = (part: "first" | "further"): string => `(x ${(Number(gas[part]) / Number(story.wasm[part])).toFixed(1)})`.padEnd(9);
    print(`  ${name.padEnd(32)} ${gasText(gas.first)} ${times("first")} ${gasText(gas.further)} ${times("further")}`.trimEnd());
  }
  return story;
}

/** Mints with what is asked for, and is refused with anything else. */
async function playMint({ session, token }: Scene, print: (line: string) => void): Promise<void> {
  const { client, receiptOf } = session;
  const call = { address: token.address, abi: token.abi } as const;
  const asked = Number(await client.readContract({ ...call, functionName: "asked" }));
  const random = createRandom(11);
  const image = drawDigit(random, asked);
  print(`3. The token asks for a ${asked}, and gets one`);
  for (let row = 2; row < imageSide - 2; row++) print(`  ${inkText(image.subarray(row * imageSide, (row + 1) * imageSide))}`.trimEnd());
  const receipt = await receiptOf(await client.writeContract({ ...call, functionName: "mint", args: [bytesToHex(image)] }));
  const [event] = parseEventLogs({ abi: token.abi, logs: receipt.logs });
  const { to, tokenId } = (event as unknown as { readonly args: { readonly to: string; readonly tokenId: bigint } }).args;
  print(`  block ${receipt.blockNumber}  ${receipt.gasUsed} gas  ${receipt.transactionHash}`);
  print(`  token ${tokenId} is ${to}'s`);

  const next = Number(await client.readContract({ ...call, functionName: "asked" }));
  print(`4. Now it asks for a ${next}; another digit is refused, with the contract's own error`);
  const wrong = drawDigit(random, (next + 1) % 10);
  const error: unknown = await client.simulateContract({ ...call, functionName: "mint", args: [bytesToHex(wrong)] }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const reverted = error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : undefined;
  if (!(reverted instanceof ContractFunctionRevertedError)) throw new Error("the wrong digit was not refused", { cause: error });
  print(`  ${reverted.data?.errorName}(${reverted.data?.args?.join(", ")})`);
}

const gasText = (gas: bigint): string => gas.toLocaleString("en-US").padStart(10);

/** A row of pixels, a character each. */
function inkText(pixels: Uint8Array): string {
  return Array.from(pixels, (value) => " .:-=+*#%@".charAt(Math.floor((value * 10) / 256))).join("");
}

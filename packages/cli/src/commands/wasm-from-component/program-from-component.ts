/** A component to what is deployed. jco takes it apart; that, and nothing of it, runs on a chain. */
import { isTriremeError, keccak256, TriremeError, type Hash } from "@trireme/core";
import { codeFromWasm, initCodeFromCode } from "@trireme/contract-as";
import { activate, createStylusParameters, linkComponent } from "@trireme/wasm";
import { checkHostFunctions, checkWorld } from "./component-world.ts";
import { coreModule } from "./core-module.ts";
import type { Jco } from "./jco.ts";

/** A contract that can be deployed. */
export interface ComponentProgram {
  /** The linked module. */
  readonly wasm: Uint8Array;
  /** The account's code: `EF F0 00 00` and the module, brotli-compressed. */
  readonly code: Uint8Array;
  /** Init code that deploys `code`, for a transaction without recipient. */
  readonly initCode: Uint8Array;
  /** Pages of memory at the start. */
  readonly pages: number;
  /** Gas that each call pays for the start of a program that is not cached. */
  readonly startGas: number;
}

/** Builds a component. The same component gives the same bytes. @throws (rejects) TriremeError `INVALID_ARGUMENT` for what is no contract, `LIMIT_EXCEEDED` for one that is too large */
export async function programFromComponent(jco: Jco, component: Uint8Array): Promise<ComponentProgram> {
  checkHeader(component);
  const core = await takeApart(jco, component);
  const linked = linkComponent(core);
  if (linked.kind === "invalid") throw new TriremeError("INVALID_ARGUMENT", linked.fault.message);
  const wasm = linked.bytes;
  const code = codeFromWasm(wasm);
  const parameters = createStylusParameters();
  const activated = activate(wasm, { parameters, codeHash: keccak256(code) as Hash, isDebug: false });
  if (activated.kind === "invalid") throw new TriremeError("INVALID_ARGUMENT", `no chain activates it: ${activated.fault.message}`);
  const startGas = parameters.minInitGas * 128 + activated.initCost + parameters.minCachedInitGas * 32 + activated.cachedCost;
  return { wasm, code, initCode: initCodeFromCode(code), pages: activated.footprint, startGas };
}

/** The magic number and the version of a component; jco takes other bytes for text. */
const componentHeader = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const moduleHeader = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

function checkHeader(bytes: Uint8Array): void {
  const begins = (header: readonly number[]): boolean => header.every((byte, index) => bytes[index] === byte);
  if (begins(componentHeader)) return;
  throw new TriremeError(
    "INVALID_ARGUMENT",
    begins(moduleHeader)
      ? "expected a component, got a core module: make one of it with the world trireme:contract (componentEmbed and componentNew of jco)"
      : "expected a component (00 61 73 6d 0d 00 01 00), got other bytes",
  );
}

async function takeApart(jco: Jco, component: Uint8Array): Promise<Uint8Array> {
  try {
    checkWorld(await jco.componentWit(component));
    checkHostFunctions(await jco.print(component));
    const { files } = await jco.transpile(component, { name: "contract", instantiation: "sync", noTypescript: true });
    const core = coreModule(Object.entries(files).flatMap(([name, bytes]) => (name.endsWith(".wasm") ? [bytes] : [])));
    // Compilers that know reference types write the number of a table in five bytes, which Stylus does not take.
    return await jco.parse(await jco.print(core));
  } catch (cause) {
    if (isTriremeError(cause)) throw cause;
    const [line] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new TriremeError("INVALID_ARGUMENT", `expected a component that jco can read: ${line}`, { cause });
  }
}

/** `trireme wasm build`: an AssemblyScript contract to the files that deploy and call it. */
import { statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { bytesToHex, isTriremeError, TriremeError } from "@trireme/core";
import { buildContract, type ContractBuild } from "@trireme/contract-as";
import { outputFolder } from "../output-folder.ts";

/** Runs the command: writes `<name>.wasm`, `.code.hex`, `.initcode.hex` and `.abi.json`, named after the source file. */
export async function wasmBuild(file: string, options: Readonly<Record<string, unknown>>): Promise<void> {
  if (!file.endsWith(".ts") || statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new TriremeError("INVALID_ARGUMENT", `expected a contract's source (.ts), got ${file}`);
  const folder = outputFolder(options["out"]);
  const build = await buildContract({ entryPath: resolve(file) }).catch((error: unknown) => {
    throw isTriremeError(error) ? new TriremeError(error.code, mistakeIn(file, error.message), { cause: error }) : error;
  });
  const files = writeBuild(folder, basename(file, ".ts"), build);
  const { name, wasm, code, initCode } = build;
  if (options["json"] === true) {
    console.log(JSON.stringify({ contract: name, wasmBytes: wasm.length, codeBytes: code.length, initCodeBytes: initCode.length, files }));
    return;
  }
  console.log(`${name}: ${wasm.length} bytes of WebAssembly, ${code.length} bytes of code`);
  for (const path of Object.values(files)) console.log(path);
}

function writeBuild(folder: string, name: string, { wasm, code, initCode, abi }: ContractBuild) {
  const path = (ending: string): string => join(folder, `${name}.${ending}`);
  const files = { wasm: path("wasm"), code: path("code.hex"), initCode: path("initcode.hex"), abi: path("abi.json") };
  writeFileSync(files.wasm, wasm);
  writeFileSync(files.code, `${bytesToHex(code)}\n`);
  writeFileSync(files.initCode, `${bytesToHex(initCode)}\n`);
  writeFileSync(files.abi, `${JSON.stringify(abi, undefined, 2)}\n`);
  return files;
}

/** The compiler's diagnostics: text, then a drawing of the line, then the place. */
const diagnostic = /ERROR \w+: (?<text>.*)\n[^]*?in (?<file>\S+)\((?<line>\d+),\d+\)/;
/** What the generator says where it knows the place. */
const placed = /^(?<file>[^\s:]+\.ts):(?<line>\d+:\d+): (?<text>.*)/;

/** The first mistake in one line, with the path as the shell has to name it. */
function mistakeIn(entry: string, message: string): string {
  const text = message.replace(/^the contract does not compile: /, "");
  const found = (diagnostic.exec(text) ?? placed.exec(text))?.groups;
  const file = found?.["file"] ?? "";
  // The language's library and the SDK lie in no folder of the contract's.
  const place = found === undefined ? entry : `${file.startsWith("~lib/") ? file : join(dirname(entry), file)}:${found["line"]}`;
  const errors = text.match(/^ERROR /gm)?.length ?? 1;
  const [line] = (found?.["text"] ?? text).split("\n");
  return `${place}: ${line}${errors > 1 ? ` (and ${errors - 1} more)` : ""}`;
}

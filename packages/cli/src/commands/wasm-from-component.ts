/** `trireme wasm from-component`: a component of the world `trireme:contract` to the files that deploy it. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bytesToHex, isTriremeError, TriremeError } from "@trireme/core";
import { outputFolder } from "../output-folder.ts";
import { loadJco } from "./wasm-from-component/jco.ts";
import { programFromComponent, type ComponentProgram } from "./wasm-from-component/program-from-component.ts";

/** Runs the command: writes `<name>.program.wasm`, `.code.hex` and `.initcode.hex`, named after the component. */
export async function wasmFromComponent(file: string, options: Readonly<Record<string, unknown>>): Promise<void> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new TriremeError("INVALID_ARGUMENT", `expected a component (.wasm), got ${file}, which is no file`);
  const jco = await loadJco();
  const program = await programFromComponent(jco, readFileSync(file)).catch((error: unknown) => {
    throw isTriremeError(error) ? new TriremeError(error.code, `${file}: ${error.message}`, { cause: error }) : error;
  });
  const files = writeProgram(outputFolder(options["out"]), basename(file, ".wasm"), program);
  const { wasm, code, initCode, pages, startGas } = program;
  if (options["json"] === true) {
    const sizes = { wasmBytes: wasm.length, codeBytes: code.length, initCodeBytes: initCode.length };
    console.log(JSON.stringify({ ...sizes, pages, startGas, files }));
    return;
  }
  console.log(`${wasm.length} bytes of WebAssembly, ${code.length} bytes of code, ${pages} pages of memory, ${startGas} gas to start`);
  for (const path of Object.values(files)) console.log(path);
}

function writeProgram(folder: string, name: string, { wasm, code, initCode }: ComponentProgram) {
  const path = (ending: string): string => join(folder, `${name}.${ending}`);
  const files = { wasm: path("program.wasm"), code: path("code.hex"), initCode: path("initcode.hex") };
  writeFileSync(files.wasm, wasm);
  writeFileSync(files.code, `${bytesToHex(code)}\n`);
  writeFileSync(files.initCode, `${bytesToHex(initCode)}\n`);
  return files;
}

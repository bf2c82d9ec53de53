// The types of "assemblyscript/asc" declare a `console` of their own for the whole workspace: it stays out of TypeScript.
import asc from "assemblyscript/asc";

export async function compileAssembly(source, optimization = "-O3") {
  let bytes = new Uint8Array(0);
  const options = [optimization, "--runtime", "stub", "--use", "abort=", "--initialMemory", "1", "--maximumMemory", "1"];
  const { error } = await asc.main(["main.ts", "--outFile", "main.wasm", ...options], {
    readFile: (name) => (name === "main.ts" ? source : null),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") bytes = Uint8Array.from(contents);
    },
    listFiles: () => [],
  });
  if (error !== null) throw error;
  return bytes;
}

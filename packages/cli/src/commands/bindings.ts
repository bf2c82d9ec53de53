/** `trireme bindings`: from an ABI or an IDL to the files that use it from other languages and other VMs. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { bindingLanguages, generateBindings, type BindingLanguage, type Bindings } from "@trireme/bindings";
import { isTriremeError, pubkeyFromBase58, TriremeError, type Pubkey } from "@trireme/core";
import { refuseOption, textOption } from "../options.ts";
import { outputFolder } from "../output-folder.ts";

/** Runs the command: writes one folder for each language. What is left out is told on stderr. */
export function bindings(file: string, options: Readonly<Record<string, unknown>>): void {
  const name = textOption("--name", options["name"]);
  const program = pubkeyOption("--program", options["program"]);
  const languages = languagesOption("--only", options["only"]);
  const made = read(file, () =>
    generateBindings({
      document: parse(file),
      fallbackName: basename(file).replace(/\..*$/, ""),
      ...(name === undefined ? {} : { name }),
      ...(program === undefined ? {} : { program }),
      ...(languages === undefined ? {} : { languages }),
    }),
  );
  const folder = outputFolder(options["out"]);
  const paths = made.files.map(({ path, text }) => {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  });
  for (const warning of made.warnings) console.error(`trireme: ${file}: ${warning}`);
  if (options["json"] === true) console.log(JSON.stringify({ kind: made.kind, name: made.name, files: paths, warnings: made.warnings }));
  else console.log([`${made.name}: bindings of a ${made.kind}`, ...paths].join("\n"));
}

/** A mistake in the document is told with the document's name. */
function read(file: string, make: () => Bindings): Bindings {
  try {
    return make();
  } catch (error) {
    if (!isTriremeError(error) || !error.message.startsWith("$")) throw error;
    throw new TriremeError(error.code, `${file}: ${error.message}`, { cause: error });
  }
}

function parse(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new TriremeError("INVALID_ARGUMENT", `expected a file with an ABI or an IDL (.json), got ${file}: ${(cause as Error).message}`, {
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TriremeError("INVALID_ARGUMENT", `${file}: expected JSON: ${(cause as Error).message}`, { cause });
  }
}

function languagesOption(option: string, value: unknown): readonly BindingLanguage[] | undefined {
  const text = textOption(option, value);
  return text?.split(",").map((given) => {
    const language = bindingLanguages.find((known) => known === given.trim());
    return language ?? refuseOption(option, `some of ${bindingLanguages.join(",")}`, text);
  });
}

function pubkeyOption(option: string, value: unknown): Pubkey | undefined {
  const text = textOption(option, value);
  if (text === undefined) return undefined;
  try {
    return pubkeyFromBase58(text);
  } catch (error) {
    return isTriremeError(error) ? refuseOption(option, "a pubkey in base58", text) : raise(error);
  }
}

function raise(error: unknown): never {
  throw error;
}

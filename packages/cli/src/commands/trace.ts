/** `trireme trace`: the call tree of a transaction over all VMs. */
import { nodeUrl } from "../ask-node.ts";
import { textOption } from "../options.ts";
import { writeOutput } from "../output-file.ts";
import { hasColors } from "../terminal.ts";
import { annotate, type AnnotatedFrame } from "../trace/annotated-frame.ts";
import { fetchTrace } from "../trace/fetch-trace.ts";
import { readDocuments } from "../trace/read-documents.ts";
import { speedscopeFile } from "../trace/speedscope.ts";
import { treeText } from "../trace/tree-text.ts";
import { version } from "../version.ts";

/** Runs the command for each id. */
export async function trace(ids: readonly string[], options: Readonly<Record<string, unknown>>): Promise<void> {
  const url = nodeUrl(textOption("--rpc-url", options["rpcUrl"]));
  const decoders = readDocuments({ abi: files(options["abi"]), idl: files(options["idl"]) });
  const sources: { readonly traced: Awaited<ReturnType<typeof fetchTrace>>; readonly root: AnnotatedFrame }[] = [];
  for (const id of ids) {
    const traced = await fetchTrace(url, id);
    sources.push({ traced, root: annotate(traced.trace, decoders) });
  }
  const path = textOption("--speedscope", options["speedscope"]);
  if (path !== undefined) writeOutput("--speedscope", path, JSON.stringify(speedscopeFile(sources, `trireme ${version}`)));
  if (options["json"] === true) {
    const shown = sources.map(({ traced, root }) => ({ ...traced, trace: root }));
    console.log(JSON.stringify(shown.length === 1 ? shown[0] : shown));
    return;
  }
  const colors = hasColors();
  const isVerbose = options["verbose"] === true;
  console.log(sources.map(({ traced, root }) => treeText(traced, root, { colors, isVerbose })).join("\n\n"));
  if (path !== undefined) console.log(`\n${path}: open it at https://www.speedscope.app`);
}

function files(option: unknown): readonly string[] {
  return Array.isArray(option) ? option.map(String) : [];
}

// Loads @trireme/wasm once more for each mutant: what is imported with "?mutant=..." gets modules of its own, in one of
// which one number is another. A loader runs on a thread of its own, hence a file of its own.
import { replaceNumber } from "./numbers.mjs";

const marker = /[?&]mutant=([^&]*)/;
const folder = new URL("../../../../packages/wasm/src/", import.meta.url).href;

/** A module that a mutant imports from the package is the mutant's as well. */
export async function resolve(specifier, context, next) {
  const mutant = marker.exec(context.parentURL ?? "");
  if (mutant === null) return next(specifier, context);
  const found = await next(specifier, { ...context, parentURL: context.parentURL.slice(0, mutant.index) });
  return found.url.startsWith(folder) ? { ...found, url: `${found.url}?mutant=${mutant[1]}` } : found;
}

export async function load(url, context, next) {
  const mutant = marker.exec(url);
  if (mutant === null) return next(url, context);
  const plain = url.slice(0, mutant.index);
  const loaded = await next(plain, context);
  const { file, occurrence, from, to } = JSON.parse(decodeURIComponent(mutant[1]));
  if (plain !== `${folder}${file}`) return loaded;
  return { ...loaded, source: replaceNumber(loaded.source.toString(), { occurrence, from, to }) };
}

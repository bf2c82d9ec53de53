/** Names in the letter case of where they stand. */

/** The words of a name, in lower case: at `_`, `$`, and at capitals; digits belong to what is before them. */
function wordsOf(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])\d*|[A-Z]?[a-z\d]+|\d+/g) ?? []).map((word) => word.toLowerCase());
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** `transferChecked`; a name without letters and digits as it is. */
export function camelCase(name: string): string {
  const words = wordsOf(name);
  return startingWithLetter(words.map((word, index) => (index === 0 ? word : capitalised(word))).join(""), name);
}

/** `TransferChecked` */
export function pascalCase(name: string): string {
  return startingWithLetter(wordsOf(name).map(capitalised).join(""), name);
}

/** `transfer_checked`, as Anchor hashes the names of instructions. */
export function snakeCase(name: string): string {
  return startingWithLetter(wordsOf(name).join("_"), name);
}

/** `TRANSFER_CHECKED` */
export function constantCase(name: string): string {
  return snakeCase(name).toUpperCase();
}

/** `transfer-checked` */
export function kebabCase(name: string): string {
  return snakeCase(name).replaceAll("_", "-");
}

function startingWithLetter(made: string, name: string): string {
  if (made === "") return name;
  return /^\d/.test(made) ? `_${made}` : made;
}

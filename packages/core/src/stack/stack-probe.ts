/**
 * Asks for room on the machine's stack without using it: a function of WebAssembly whose other branch keeps so many values at
 * once that its frame has the size asked for. V8 compares a large frame with the limit before it takes it.
 */

/** Bytes of a value. */
const valueLength = 16;

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const functionType = [0x60, 1, 0x7f, 0];
const [vectorLoad, vectorStore, vectorXor] = [
  [0xfd, 0x00],
  [0xfd, 0x0b],
  [0xfd, 0x51],
] as const;

/** Throws RangeError where fewer than `bytes` bytes of stack are left. Takes some milliseconds to make, some nanoseconds to run. */
export function createStackProbe(bytes: number): () => void {
  const values = bytes / valueLength;
  const body: number[] = [0, 0x20, 0, 0x04, 0x40, 0x20, 0];
  for (let index = 0; index < values; index++) body.push(0x20, 0, ...vectorLoad, 4, ...unsigned(index * valueLength));
  // They are used in the other order, so that all of them are there at once; what comes of it is stored, so that it counts.
  for (let index = 1; index < values; index++) body.push(...vectorXor);
  body.push(...vectorStore, 4, 0, 0x0b, 0x0b);
  const module = new WebAssembly.Module(
    Uint8Array.from([
      ...header,
      ...section(1, [1, ...functionType]),
      ...section(3, [1, 0]),
      ...section(5, [1, 0, 1]),
      ...section(7, [1, 1, 0x66, 0, 0]),
      ...section(10, [1, ...unsigned(body.length), ...body]),
    ]),
  );
  const probe = new WebAssembly.Instance(module).exports["f"] as (usesThem: number) => void;
  return () => probe(0);
}

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

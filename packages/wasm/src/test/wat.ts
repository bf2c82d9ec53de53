/** WAT to bytes, by wabt: test modules are written by a peer, not by the encoder under test. */
import createWabt from "wabt";

const wabt = await createWabt();

/** What wabt takes beside its defaults: proposals whose modules are to be refused. */
const features = { multi_value: true, bulk_memory: true, sign_extension: true, mutable_globals: true, sat_float_to_int: true };

/** Bytes of a module in the text format, which need not be valid. */
export function bytesFromWat(text: string, more: Readonly<Record<string, boolean>> = {}): Uint8Array {
  const module = wabt.parseWat("test.wat", text, { reference_types: false, ...features, ...more });
  const { buffer } = module.toBinary({});
  module.destroy();
  return Uint8Array.from(buffer);
}

/** The text of a module as wabt prints it. */
export function watFromBytes(bytes: Uint8Array): string {
  // wabt misreads views into larger buffers.
  const module = wabt.readWasm(Uint8Array.from(bytes), features);
  const text = module.toText({ foldExprs: false, inlineExport: false });
  module.destroy();
  return text;
}

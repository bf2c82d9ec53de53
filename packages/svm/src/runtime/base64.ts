/** Base64 of bytes, with padding, as log lines and the RPC show them. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 4648, standard alphabet. */
export function bytesToBase64(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const word = ((bytes[index] as number) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    const left = bytes.length - index;
    text += alphabet[word >> 18] as string;
    text += alphabet[(word >> 12) & 63] as string;
    text += left > 1 ? (alphabet[(word >> 6) & 63] as string) : "=";
    text += left > 2 ? (alphabet[word & 63] as string) : "=";
  }
  return text;
}

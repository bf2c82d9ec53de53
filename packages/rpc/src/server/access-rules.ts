/** Who may talk to the server: which Host headers and which Origins. */

/** Decides about the value of a header; undefined where the header is absent. */
export type AccessRule = (value: string | undefined) => boolean;

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const EXTENSION_SCHEMES = new Set(["chrome-extension:", "moz-extension:", "safari-web-extension:"]);
const ANY_ADDRESS = new Set(["0.0.0.0", "::", "[::]"]);

/**
 * The rule for Host headers: loopback names, the name that the server is bound to, and those configured (`*` for
 * all). It stops DNS rebinding: a page whose name resolves to 127.0.0.1 sends its own name here.
 */
export function createHostRule(boundHost: string, allowedHosts: readonly string[]): AccessRule {
  if (allowedHosts.includes("*")) return () => true;
  const bound = ANY_ADDRESS.has(boundHost) ? [] : [boundHost.includes(":") && !boundHost.startsWith("[") ? `[${boundHost}]` : boundHost];
  const names = new Set([...LOOPBACK, ...bound, ...allowedHosts].map((name) => name.toLowerCase()));
  return (value) => value !== undefined && names.has(hostName(value));
}

/**
 * The rule for Origin headers: none (no browser), pages of this machine, wallets that are browser extensions, and
 * those configured (`*` for all). Pages from elsewhere reach the chain through the user's wallet, not directly: this
 * port holds keys.
 */
export function createOriginRule(corsOrigins: readonly string[]): AccessRule {
  if (corsOrigins.includes("*")) return () => true;
  const origins = new Set(corsOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, "")));
  return (value) => {
    if (value === undefined) return true;
    if (origins.has(value.toLowerCase())) return true;
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    if (EXTENSION_SCHEMES.has(url.protocol)) return true;
    return (url.protocol === "http:" || url.protocol === "https:") && LOOPBACK.includes(url.hostname);
  };
}

/** The name in a Host header, without its port. */
function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d*$/, "");
}

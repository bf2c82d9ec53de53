// Prepares once, leaves the pool open, and ends nevertheless.
import { createPreparePool } from "./prepare-pool.ts";
import { ethereum } from "./prepare-formats.mts";

const pool = createPreparePool({ formats: [ethereum()], rules: { chainId: 1n }, workers: 1, worksHere: false });
const decoded = await pool.prepare([Uint8Array.of(1, 2), Uint8Array.of(0xc0)]);
console.log(decoded.map(({ kind }) => kind).join(" "), JSON.stringify(pool.counts));

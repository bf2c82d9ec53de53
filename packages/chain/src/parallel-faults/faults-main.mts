/** The process in which threads die: runs the scenario that it is told to and prints what came of it, as JSON. */
import { playTerminate } from "./play-terminate.mts";
import { playTroubles } from "./play-troubles.mts";

const [name = "", options = "{}"] = process.argv.slice(2);
const scenarios: Readonly<Record<string, (options: never) => Promise<unknown>>> = { terminate: playTerminate, troubles: playTroubles };
const scenario = scenarios[name];
if (scenario === undefined) throw new RangeError(`expected one of ${Object.keys(scenarios).join(", ")}, got ${name}`);
const isTold = process.stderr.isTTY;
const onInstant = (done: number): void => void (isTold ? process.stderr.write(`\r${done} `) : undefined);
const report = await scenario({ onInstant, ...JSON.parse(options) } as never);
console.log(JSON.stringify(report));

/** GeneralStateTest files: `{ name: { env, pre, transaction, post: { fork: [case] }, config } }`. */
import { isAtLeast, type BlockContext, type Hardfork, type Hash } from "@trireme/core";
import { blobBaseFee, blobScheduleOf, gasPerBlob, type BlobSchedule } from "@trireme/ethereum";
import { readAllocation, type AllocatedAccount } from "./allocation.ts";
import { readAddress, readArray, readNumber, readObject, readString, readWord, type JsonObject, type JsonValue } from "./json-value.ts";
import { readTestTransaction } from "./test-transaction.ts";

/** One transaction on one fork, and what it leaves. */
export interface StateTestCase {
  /** `fork/data/gas/value`. */
  readonly label: string;
  readonly block: BlockContext;
  /** Blob gas that a block of this fork may hold. */
  readonly blobGasLimit: bigint;
  /** As it would stand in a block. */
  readonly transaction: Uint8Array;
  readonly stateRoot: Hash;
  /** keccak256 of the RLP of all logs. */
  readonly logsHash: Hash;
  /** Why the transaction cannot stand in a block, where it cannot. */
  readonly expectException: string | undefined;
}

/** Cases that start from the same state. */
export interface StateTest {
  readonly name: string;
  readonly pre: readonly AllocatedAccount[];
  readonly cases: readonly StateTestCase[];
  /** Cases of forks that Trireme does not run. */
  readonly skipped: number;
}

const forks: ReadonlyMap<string, Hardfork> = new Map([
  ["London", "london"],
  ["Paris", "paris"],
  ["Merge", "paris"],
  ["Shanghai", "shanghai"],
  ["Cancun", "cancun"],
  ["Prague", "prague"],
  ["Osaka", "osaka"],
]);

/** Reads one test of a file. @throws TriremeError naming the field that is not as it should be */
export function readStateTest(name: string, value: JsonValue): StateTest {
  const test = readObject(value, "the test");
  const env = readObject(test["env"], "env");
  const transaction = readObject(test["transaction"], "transaction");
  const config = test["config"] === undefined ? {} : readObject(test["config"], "config");
  const cases: StateTestCase[] = [];
  let skipped = 0;
  for (const [forkName, list] of Object.entries(readObject(test["post"], "post"))) {
    const hardfork = forks.get(forkName);
    const posts = readArray(list, `post.${forkName}`);
    if (hardfork === undefined) {
      skipped += posts.length;
      continue;
    }
    const schedule = readSchedule(config, forkName, hardfork);
    const block = readBlock(env, config, hardfork, schedule);
    const blobGasLimit = BigInt(schedule?.max ?? 0) * gasPerBlob;
    for (const post of posts) cases.push(readCase(forkName, readObject(post, `post.${forkName}`), transaction, block, blobGasLimit));
  }
  return { name, pre: cases.length === 0 ? [] : readAllocation(test["pre"], "pre"), cases, skipped };
}

function readCase(fork: string, post: JsonObject, transaction: JsonObject, block: BlockContext, blobGasLimit: bigint): StateTestCase {
  const indexes = readObject(post["indexes"], "indexes");
  const at = {
    data: Number(readNumber(indexes["data"], "indexes.data")),
    gas: Number(readNumber(indexes["gas"], "indexes.gas")),
    value: Number(readNumber(indexes["value"], "indexes.value")),
  };
  const exception = post["expectException"];
  return {
    label: `${fork}/${at.data}/${at.gas}/${at.value}`,
    block,
    blobGasLimit,
    transaction: readTestTransaction(transaction, at, post["txbytes"], block.chainId),
    stateRoot: readWord(post["hash"], "hash") as Hash,
    logsHash: readWord(post["logs"], "logs") as Hash,
    expectException:
      exception === undefined || exception === null || exception === "" ? undefined : readString(exception, "expectException"),
  };
}

function readSchedule(config: JsonObject, forkName: string, hardfork: Hardfork): BlobSchedule | undefined {
  const schedules = config["blobSchedule"];
  const given = schedules === undefined ? undefined : readObject(schedules, "blobSchedule")[forkName];
  if (given === undefined) return blobScheduleOf(hardfork);
  const schedule = readObject(given, `blobSchedule.${forkName}`);
  return {
    target: Number(readNumber(schedule["target"], "target")),
    max: Number(readNumber(schedule["max"], "max")),
    baseFeeUpdateFraction: readNumber(schedule["baseFeeUpdateFraction"], "baseFeeUpdateFraction"),
  };
}

function readBlock(env: JsonObject, config: JsonObject, hardfork: Hardfork, schedule: BlobSchedule | undefined): BlockContext {
  const excess = env["currentExcessBlobGas"] === undefined ? 0n : readNumber(env["currentExcessBlobGas"], "currentExcessBlobGas");
  const isMerged = isAtLeast(hardfork, "paris");
  return {
    chainId: config["chainid"] === undefined ? 1n : readNumber(config["chainid"], "chainid"),
    hardfork,
    number: readNumber(env["currentNumber"], "currentNumber"),
    timestamp: readNumber(env["currentTimestamp"], "currentTimestamp"),
    coinbase: readAddress(env["currentCoinbase"], "currentCoinbase"),
    gasLimit: readNumber(env["currentGasLimit"], "currentGasLimit"),
    baseFeePerGas: readNumber(env["currentBaseFee"] ?? "0x0a", "currentBaseFee"),
    blobBaseFee: schedule === undefined ? 1n : blobBaseFee(excess, schedule),
    // A vector without randomness has a number there that it was filled with as difficulty.
    prevRandao: isMerged ? readWord(env["currentRandom"] ?? env["currentDifficulty"], "currentRandom") : new Uint8Array(32),
    difficulty: isMerged ? 0n : readNumber(env["currentDifficulty"], "currentDifficulty"),
  };
}

/** Parses a file. @throws TriremeError or SyntaxError when it is no state test file */
export function readStateTestFile(text: string): readonly (readonly [string, JsonValue])[] {
  return Object.entries(readObject(JSON.parse(text) as JsonValue, "the file"));
}

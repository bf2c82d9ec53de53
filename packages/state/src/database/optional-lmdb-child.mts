/** A process that may have no lmdb: opens the directory in argv, appends a block and says as JSON what it got. */
import { isTriremeError } from "@trireme/core";
import { openDurableDatabase } from "./durable-database.ts";
import { openDurableReader } from "./durable-reader.ts";
import { smallBlock } from "./sample-block.mts";

const directory = process.argv[2] ?? "";
const refusal = (error: unknown): string => (isTriremeError(error) ? `${error.code} ${error.message}` : String(error));

const database = await openDurableDatabase({ directory });
const number = (database.head ?? -1n) + 1n;
await database.append(smallBlock(number, String(number)));
const { stateStore, head, durableHead, flushedHead } = database;
await database.close();
const heads = [head, durableHead, flushedHead].map((block) => (block === undefined ? null : Number(block)));
const reader = await openDurableReader(directory).then((opened) => opened.close(), refusal);
const named = await openDurableDatabase({ directory, stateStore: "lmdb" }).then((opened) => opened.close(), refusal);
console.log(JSON.stringify({ stateStore, heads, reader, named }));

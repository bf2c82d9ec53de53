/** `npm start` tells the story on a node of its own; `npm run train` makes the model anew. */
import { writeFileSync } from "node:fs";
import { defineDevChain, deriveDevAccounts, startNode } from "@trireme/node";
import { modelFromNet, modelPath } from "./model/model-file.ts";
import { train, trainingPlan } from "./model/train.ts";
import { createSession } from "./session.ts";
import { playStory } from "./story.ts";

const [command, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (command !== undefined && command !== "train")) {
  console.error(`expected nothing or "train", got ${[command, ...rest].join(" ")}`);
  process.exit(2);
}
if (command === "train") {
  writeFileSync(modelPath, modelFromNet(train(trainingPlan)));
} else {
  const accounts = deriveDevAccounts(undefined, 1);
  const [account] = accounts;
  if (account === undefined) throw new Error("expected a development account");
  const node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, logLevel: "silent" });
  try {
    await playStory(createSession(node.http, account), (line) => console.log(line));
  } finally {
    await node.close();
  }
}

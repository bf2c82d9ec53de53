/** Prints the story: `npm start` in this folder. */
import { tellStory } from "./story.ts";

await tellStory(console.log);

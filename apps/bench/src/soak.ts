/** `npx pnpm soak`: memory and time over many blocks, of a chain on disk and of one whose blocks run on threads. Ends with 1 where they grow. */
import { Command } from "commander";

function countOf(name: string, text: string, least: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least) throw new RangeError(`--${name}: expected an integer of at least ${least}, got ${text}`);
  return count;
}

// Both commands have an option of the same name.
const program = new Command("soak")
  .enablePositionalOptions()
  .description("many blocks on disk: memory and the time of a block by tenth of the run")
  .option("--blocks <number>", "blocks to make", "100000")
  .option("--memory", "on the memory database, which keeps every block")
  .action(async (options: { blocks: string; memory?: boolean }) => {
    const { soakDurable } = await import("./soak-durable.ts");
    const isFlat = await soakDurable(countOf("blocks", options.blocks, 10), options.memory === true);
    process.exit(isFlat ? 0 : 1);
  });

program
  .command("parallel")
  .description("blocks on threads: memory after many of them beside that after few, then of large blocks over idle")
  .option("--blocks <number>", "small blocks, 100 at least", "1000")
  .option("--transactions <number>", "in a large block", "10000")
  .option("--workers <number>", "threads", "2")
  .action(async (options: { blocks: string; transactions: string; workers: string }) => {
    const { soakParallel } = await import("./soak-parallel.ts");
    const isWell = await soakParallel({
      blocks: countOf("blocks", options.blocks, 100),
      transactions: countOf("transactions", options.transactions, 1),
      workers: countOf("workers", options.workers, 1),
    });
    process.exit(isWell ? 0 : 1);
  });

await program.parseAsync(process.argv.filter((argument, index) => index < 2 || argument !== "--"));

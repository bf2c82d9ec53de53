import { databaseSuite } from "./database-suite.mts";
import { createMemoryDatabase } from "./memory-database.ts";

databaseSuite("memory", false, () => ({ open: async () => createMemoryDatabase(), remove: () => {} }));

// Packs every public package, installs the tarballs with plain npm in an empty project, with and without optional
// (native) modules, and uses them there: a chain in process, a worker, the command line, the contract compiler.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "trireme-pack-"));

function run(command, args, cwd, input = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 300_000, ...input });
  if (status !== 0) {
    console.error(`pack test: ${command} ${args.join(" ")} in ${cwd} ended with ${status ?? error}\n${stdout}\n${stderr}`);
    process.exit(1);
  }
  return stdout;
}

/** @returns {Map<string, string>} package name -> tarball path */
function pack() {
  const tarballs = new Map();
  const destination = join(work, "tarballs");
  mkdirSync(destination);
  for (const folder of readdirSync(join(root, "packages"))) {
    const manifestPath = join(root, "packages", folder, "package.json");
    if (!existsSync(manifestPath)) continue;
    const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
    if (manifest.private === true) continue;
    run("npx", ["pnpm", "pack", "--pack-destination", destination], join(root, "packages", folder));
    tarballs.set(manifest.name, join(destination, `${manifest.name.slice(1).replace("/", "-")}-${manifest.version}.tgz`));
    const leaked = run("tar", ["-tzf", tarballs.get(manifest.name)], work)
      .split("\n")
      .filter((file) => /\.(test|bench)\.ts$/.test(file));
    if (leaked.length > 0) {
      console.error(`pack test: ${manifest.name} ships tests: ${leaked.join(", ")}`);
      process.exit(1);
    }
  }
  return tarballs;
}

function consume(label, tarballs, npmFlags) {
  const project = join(work, label);
  mkdirSync(project);
  const dependencies = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module", dependencies }, null, 2));
  run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...npmFlags], project);
  for (const file of readdirSync(join(root, "scripts", "pack-test"))) cpSync(join(root, "scripts", "pack-test", file), join(project, file));
  const chain = run(process.execPath, ["chain.mjs"], project).trim();
  const worker = run(process.execPath, ["worker.mjs"], project).trim();
  const programs = run(process.execPath, ["programs.mjs"], project).trim();
  const node = run("npx", ["--no-install", "trireme", "dev", "--once", "--port", "0"], project).trim();
  if (!node.includes("0x")) {
    console.error(`pack test: trireme dev --once printed no account\n${node}`);
    process.exit(1);
  }
  cpSync(join(project, "node_modules", "@trireme", "contract-as", "assembly", "examples", "counter.ts"), join(project, "counter.ts"));
  run("npx", ["--no-install", "trireme", "wasm", "build", "counter.ts", "--out", "built"], project);
  const code = readFileSync(join(project, "built", "counter.code.hex"), "utf8").trim();
  if (!/^0xeff00000[0-9a-f]{100,}$/.test(code)) {
    console.error(`pack test: trireme wasm build wrote no code\n${code}`);
    process.exit(1);
  }
  run("npx", ["--no-install", "trireme", "bindings", join("built", "counter.abi.json"), "--out", "bound"], project);
  if (!readFileSync(join(project, "bound", "solidity", "ICounter.sol"), "utf8").includes("interface ICounter {")) {
    console.error("pack test: trireme bindings wrote no interface");
    process.exit(1);
  }
  console.log(
    `pack test, ${label}: chain: ${chain}; worker: ${worker}; Solana programs: ${programs}; trireme dev --once: ok; trireme wasm build: ${code.length / 2 - 1} bytes of code`,
  );
}

const tarballs = pack();
consume("with-native", tarballs, []);
consume("without-native", tarballs, ["--omit=optional"]);
rmSync(work, { recursive: true });
console.log(`pack test: ${tarballs.size} packages ok`);

// Reads the named workflows with actionlint and prints what it finds, as JSON.
const { webcrypto } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const ACTIONLINT = join(__dirname, "node_modules", "@tktco", "node-actionlint");

// Node 18, Debian's, does not show it by itself.
globalThis.crypto ??= webcrypto;
// The program calls this when it gives up.
globalThis.throwError = (message) => {
  throw new Error(message);
};
require(join(ACTIONLINT, "wasm_exec.js"));

// Starts the Go program, which leaves a function of this name behind.
async function start() {
  const go = new Go();
  const program = readFileSync(join(ACTIONLINT, "main.wasm"));
  const { instance } = await WebAssembly.instantiate(program, go.importObject);
  go.run(instance);
  return globalThis.runActionlint;
}

async function main(paths) {
  const lint = await start();
  const found = [];
  for (const path of paths) {
    for (const { line, kind, message } of await lint(readFileSync(path, "utf8"), path)) {
      found.push({ path, line, kind, message });
    }
  }
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
}

main(process.argv.slice(2));

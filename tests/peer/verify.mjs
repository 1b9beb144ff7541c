// Reads a signed XML with the plugin's own parser and computes its signature anew.
// In: {key, xml}. Out: {fields, matches}.
import plugin from 'wechatpay-axios-plugin';
import { readTask } from './read_task.mjs';

const { key, xml } = await readTask();
const { sign, ...fields } = plugin.Transformer.toObject(xml);
const computed = plugin.Hash.sign(plugin.Hash.ALGO_HMAC_SHA256, fields, key);
const matches = plugin.Hash.equals(computed, sign);
process.stdout.write(JSON.stringify({ fields, matches }));

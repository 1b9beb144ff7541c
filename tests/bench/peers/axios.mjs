// Times calls with the plugin's APIv2 client. Each line of input is one call:
// {url, key, fields}; each line of output its milliseconds. The client is made before the first.
import { generateKeyPairSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import plugin from 'wechatpay-axios-plugin';

// The client insists on what only APIv3 calls use; here it stands for nothing.
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let client;

for await (const line of createInterface({ input: process.stdin })) {
  const { url, key, fields } = JSON.parse(line);
  client ??= new plugin.Wechatpay({
    mchid: fields.mch_id,
    secret: key,
    serial: 'none',
    privateKey,
    certs: { 'PUB_KEY_ID_none': publicKey },
    baseURL: url,
    proxy: false,
  });
  const began = performance.now();
  const { data } = await client.v2.vehicle.partnerpay.notification.post(fields);
  const took = performance.now() - began;
  if (data.user_state !== 'NORMAL') throw new Error('the gateway refused the call');
  process.stdout.write(`${took}\n`);
}

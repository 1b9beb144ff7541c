// Makes one call with the plugin's own APIv2 client, which signs the request and verifies the reply.
// In: {url, key, call, fields}; call is notification or querystate. Out: {accepted, code, reply}.
import { generateKeyPairSync } from 'node:crypto';
import plugin from 'wechatpay-axios-plugin';

// The client insists on what only APIv3 calls use; here it stands for nothing.
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function post({ url, key, call, fields }) {
  const client = new plugin.Wechatpay({
    mchid: fields.mch_id,
    secret: key,
    serial: 'none',
    privateKey,
    certs: { 'PUB_KEY_ID_none': publicKey },
    baseURL: url,
    proxy: false,
  });
  try {
    const { data } = await client.v2.vehicle.partnerpay[call].post(fields);
    return { accepted: true, code: '', reply: data };
  } catch (error) {
    return { accepted: false, code: error.code ?? String(error), reply: error.response?.data ?? {} };
  }
}

// Reads a signed XML with the plugin's own parser and computes its signature anew.
// In: {key, xml}. Out: {fields, matches}.
import plugin from 'wechatpay-axios-plugin';

export function verify({ key, xml }) {
  const { sign, ...fields } = plugin.Transformer.toObject(xml);
  const computed = plugin.Hash.sign(plugin.Hash.ALGO_HMAC_SHA256, fields, key);
  return { fields, matches: plugin.Hash.equals(computed, sign) };
}

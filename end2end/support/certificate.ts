// A certificate for 127.0.0.1 that ended long ago, made anew for each test: signed by itself, so that the
// form of a connection can trust it, and nothing but its date is wrong.
import { generateKeyPairSync, sign } from "node:crypto";

/** DER: a tag and what is in it. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const bytes = [body.length >> 8, body.length & 0xff].filter((byte, at) => at > 0 || byte > 0);
  const length = body.length < 0x80 ? [body.length] : [0x80 + bytes.length, ...bytes];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const SEQUENCE = 0x30;
const text = (tag: number, words: string) => der(tag, Buffer.from(words, "latin1"));
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));

/** Certificate and key as PEM. */
export function expiredCertificate(): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(SEQUENCE, oid("2a8648ce3d040302"));
  const name = der(SEQUENCE, der(0x31, der(SEQUENCE, oid("550403"), text(0x0c, "Ended"))));
  const validity = der(SEQUENCE, text(0x17, "200101000000Z"), text(0x17, "200201000000Z"));
  const address = der(0x04, der(SEQUENCE, der(0x87, Buffer.from([127, 0, 0, 1]))));
  const names = der(0xa3, der(SEQUENCE, der(SEQUENCE, oid("551d11"), address)));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.from([1]));
  const key = publicKey.export({ type: "spki", format: "der" });
  const body = der(SEQUENCE, version, serial, algorithm, name, validity, name, key, names);
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const whole = der(SEQUENCE, body, algorithm, signature).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${whole.trim()}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

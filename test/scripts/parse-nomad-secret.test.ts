import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseNomadSecret } from '../../scripts/parse-nomad-secret';

const pem = (kind: string) => `-----BEGIN ${kind}-----\nAAAA\n-----END ${kind}-----\n`;
const PERFECT = {
  servers: ['10.0.0.5:4647', 'nomad.acme.example:4647', '[fd00::5]:4647'],
  ca: pem('CERTIFICATE'),
  certificate: pem('CERTIFICATE'),
  key: pem('EC PRIVATE KEY'),
  token: 'canary-5f1c0ffee',
};

/** What an instance says of it; null: nothing. */
function askInstance(text: string): string | null {
  const script = resolve(__dirname, '../../provision/rootfs/usr/lib/muster/ci/nomad-secret');
  const { status, stdout } = spawnSync('bash', [script], { input: text, encoding: 'utf8' });
  return status === 0 ? null : stdout;
}

test('a secret of a client is taken, on one line', () => {
  const line = parseNomadSecret(JSON.stringify(PERFECT, null, 2));
  expect(JSON.parse(line)).toEqual(PERFECT);
  expect(line).not.toContain('\n');
  expect(askInstance(line)).toBeNull();
});

test('a Nomad without ACLs has an empty token', () => {
  const text = JSON.stringify({ ...PERFECT, token: '' });
  expect(JSON.parse(parseNomadSecret(text)).token).toBe('');
  expect(askInstance(text)).toBeNull();
});

test.each<[rule: string, text: string, says: string[]]>([
  ['a token alone', 'canary-5f1c0ffee', ['no JSON']],
  ['no object', '["canary-5f1c0ffee"]', ['no object']],
  [
    'several are missing',
    JSON.stringify({ servers: PERFECT.servers, ca: PERFECT.ca }),
    ['certificate is missing', 'key is missing', 'token is missing'],
  ],
  ['no server', JSON.stringify({ ...PERFECT, servers: [] }), ['servers']],
  ['a server without a port', JSON.stringify({ ...PERFECT, servers: ['10.0.0.5'] }), ['servers']],
  ['a server with a scheme', JSON.stringify({ ...PERFECT, servers: ['https://nomad:4647'] }), ['servers']],
  [
    'the path of a certificate',
    JSON.stringify({ ...PERFECT, certificate: '/etc/nomad/cert.pem' }),
    ['certificate'],
  ],
  ['a certificate as the key', JSON.stringify({ ...PERFECT, key: PERFECT.ca }), ['key']],
  ['a token that would end the line of a header', JSON.stringify({ ...PERFECT, token: 'a"\nb' }), ['token']],
])('%s is refused, by the operator’s command and by the instance', (_rule, text, says) => {
  const refusal = (() => {
    try {
      return `taken: ${parseNomadSecret(text)}`;
    } catch (error) {
      return (error as Error).message;
    }
  })();
  for (const what of says) {
    expect(refusal).toContain(what);
    expect(askInstance(text)).toContain(what);
  }
  expect(refusal).not.toContain('canary-5f1c0ffee');
  expect(askInstance(text)).not.toContain('canary-5f1c0ffee');
});

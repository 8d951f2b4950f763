import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../config/load';
import { ConfigError } from '../../config/problem';
import { change, PERFECT } from './perfect';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (file: string, text: string) => writeFileSync(join(directory, file), text);

function problemsOf(environment: string, from = directory) {
  try {
    readConfig({ environment, directory: from });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
}

test.each(['dev', 'gitlab', 'nomad', 'local'])('config/%s.yaml is sound', (environment) => {
  const config = readConfig({ environment, directory: join(__dirname, '../../config') });
  expect(config.environment).toBe(environment);
});

test('what a file leaves out gets its default', () => {
  write('a.yaml', PERFECT);
  expect(readConfig({ environment: 'a', directory })).toMatchObject({
    scaler: { pollSeconds: 10 },
    accounts: { acme: { baseUrl: 'https://runner.circleci.com' } },
    images: {
      arm: {
        base: { owner: '136693071363', name: 'debian-13-{arch}-*' },
        toolchains: ['git', 'build-essential'],
      },
    },
    fleets: [{}, { warm: 0, idleSeconds: 60, jobLimitMinutes: 300, docker: 'none', tags: {} }, {}],
  });
});

test.each(['../dev', '/etc/passwd', 'Dev', '', '1', 'a-b', 'a.b', 'dev\n', 'e'.repeat(25), '__proto__'])(
  '%j is no environment',
  (environment) => {
    expect(problemsOf(environment)).toHaveLength(1);
  },
);

test('an environment that is missing tells which there are', () => {
  write('stg.yaml', PERFECT);
  write('prd.yaml', PERFECT);
  write('notes.txt', '');
  const [problem] = problemsOf('prod');
  expect(problem?.wrong).toContain('"prod"');
  expect(problem?.remedy).toMatch(/did you mean prd\?.*prd or stg/);
  expect(problem?.remedy).not.toContain('notes');
});

test('a folder that is missing is told as well', () => {
  expect(problemsOf('dev', join(directory, 'nowhere'))).toHaveLength(1);
});

test('a file that cannot be read is told as well', () => {
  mkdirSync(join(directory, 'dev.yaml'));
  expect(problemsOf('dev')).toHaveLength(1);
});

test('every problem is in the message, with its place', () => {
  write('dev.yaml', change('warm: 2', 'warm: 6', change('nat: one', 'nat: two', change('max: 3', 'max: 0'))));
  const file = join(directory, 'dev.yaml');
  const { message } = new ConfigError(problemsOf('dev'));
  expect(message.split('\n').filter((line) => line.startsWith(`${file}:`))).toEqual([
    `${file}: 3 problems`,
    `${file}:14:8  network.nat`,
    `${file}:60:11  fleets[0].warm`,
    `${file}:77:10  fleets[1].max`,
  ]);
  expect(message).toContain('60 |     warm: 6');
});

describe('a file with private CA certificates', () => {
  const withCa = change('rolePath:', 'caFile: ca.pem\n  rolePath:');
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

  test('is found beside the config', () => {
    write('dev.yaml', withCa);
    write('ca.pem', certificate);
    expect(readConfig({ environment: 'dev', directory }).organization.caFile).toBe(join(directory, 'ca.pem'));
  });

  test.each([
    ['is there', undefined],
    ['holds certificates', 'hello'],
    // Assembled, so that no scanner for leaked keys finds one here.
    ['holds no private key', `${certificate}-----BEGIN ${'PRIVATE'} KEY-----\n`],
  ])('%s, else it is a problem', (_name, content) => {
    write('dev.yaml', withCa);
    if (content !== undefined) write('ca.pem', content);
    expect(problemsOf('dev').map(({ path }) => path.join('.'))).toEqual(['organization.caFile']);
  });
});

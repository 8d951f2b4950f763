import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StandIn, startStandIn } from './request/stand-in';

// Two programs start, one from the other; the machine may be busy.

let forge: StandIn;
let empty: string;
beforeAll(async () => {
  forge = await startStandIn();
  empty = mkdtempSync(join(tmpdir(), 'muster-post-diff-'));
});
afterAll(async () => {
  await forge.close();
  rmSync(empty, { recursive: true });
});

test('what make diff said is in the comment and in the log, and its failure is that of the job', async () => {
  const token = ['token', 'of', 'a', 'test'].join('-');
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/post-diff.ts'], {
    cwd: join(__dirname, '../..'),
    env: {
      PATH: process.env.PATH,
      ENV: 'stg',
      MUSTER_CONFIG_DIR: empty,
      GITHUB_ACTIONS: 'true',
      GITHUB_API_URL: forge.url,
      GITHUB_REPOSITORY: 'acme/app',
      GITHUB_REF: 'refs/pull/12/merge',
      GITHUB_TOKEN: token,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const status = await new Promise((done) => child.once('close', done));
  expect(status).toBe(1);
  expect(forge.comments).toHaveLength(1);
  const said = 'there is no environment "stg"';
  expect(output).toContain(said);
  expect(forge.comments[0]?.body).toContain(said);
  expect(forge.comments[0]?.body).toMatch(/^<!-- muster-diff: stg -->\n### The diff of `stg` failed/);
});

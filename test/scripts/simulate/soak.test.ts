/** The script itself, as a process. */
import { runScript } from '../run-script';

const NO_AWS = { url: 'http://127.0.0.1:1' } as Parameters<typeof runScript>[1]['aws'];
const soak = (variables: Record<string, string>) => runScript('soak', { aws: NO_AWS, variables });
/** The table, without what depends on the machine. */
const toTable = (output: string) =>
  output.split('\n').filter((line) => /^(policy|muster|published) /.test(line));

test('it plays so many jobs, and says what became of them beside the published scaler', async () => {
  const { status, output } = await soak({ JOBS: '100', SIZE: 'small' });
  expect({ status, output }).toMatchObject({ status: 0 });
  const [, muster = '', published = ''] = toTable(output);
  const [jobs = 0, killed, , notServed] = (muster.match(/\d[\d,]*/g) ?? []).map((text) =>
    Number(text.replace(',', '')),
  );
  expect(jobs).toBeGreaterThanOrEqual(100);
  expect([killed, notServed]).toEqual([0, 0]);
  expect(published).toMatch(/^published/);
});

test('the same seed plays the same, and the published scaler can be left out', async () => {
  const variables = { JOBS: '50', SIZE: 'small', SEED: '11' };
  const [one, other, alone] = await Promise.all([
    soak(variables),
    soak(variables),
    soak({ ...variables, PUBLISHED: '0' }),
  ]);
  expect(toTable(one.output)).toHaveLength(3);
  expect(toTable(other.output)).toEqual(toTable(one.output));
  expect(toTable(alone.output).map((line) => line.split(' ')[0])).toEqual(['policy', 'muster']);
});

test.each([
  ['JOBS', '0'],
  ['JOBS', 'many'],
  ['JOBS', '1.5'],
  ['SEED', '-1'],
  ['SIZE', 'smal'],
])('%s=%s is refused as text that an operator reads', async (name, value) => {
  const { status, output } = await soak({ JOBS: '50', SIZE: 'small', [name]: value });
  expect(status).toBe(1);
  expect(output).toContain(`${name}=${value}`);
  expect(output).not.toMatch(/\n\s+at /);
});

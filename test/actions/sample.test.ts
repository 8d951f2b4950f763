/** The workflow in the documentation is one that works with this action. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const read = (path: string) => parse(readFileSync(path, 'utf8'));
const sample = read('docs/github-sample/.github/workflows/build.yml');
const action = read('actions/start-runner/action.yml');
const { start, build } = sample.jobs;
const step = start.steps.find(({ uses }: { uses: string }) => uses.includes('/actions/start-runner@'));

test('it gives what the action asks for, and nothing that it does not know', () => {
  const known = Object.keys(action.inputs);
  const given = Object.keys(step.with);
  expect(known).toEqual(expect.arrayContaining(given));
  const required = known.filter((name) => action.inputs[name].required);
  expect(given).toEqual(expect.arrayContaining(required));
});

test('the second job asks for the label that the first puts out', () => {
  expect(start.outputs.label).toContain(`steps.${step.id}.outputs.label`);
  expect(build).toMatchObject({
    needs: 'start',
    'runs-on': ['self-hosted', expect.stringContaining('needs.start.outputs.label')],
  });
});

test('every action is pinned to a commit', () => {
  const uses: string[] = [...start.steps, ...build.steps].flatMap(
    (each: { uses?: string }) => each.uses ?? [],
  );
  for (const name of uses) expect(name).toMatch(/@[0-9a-f]{40}$/);
});

test('no job has permissions that it does not name', () => {
  expect(sample.permissions).toEqual({});
  expect(start.permissions).toEqual({ 'id-token': 'write' });
});

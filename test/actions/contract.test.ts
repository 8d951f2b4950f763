/** What the action and others have to agree on. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parameterName, parse as parseSettings, serialize } from '../../actions/start-runner/settings';
import { judgeStop } from '../../actions/start-runner/src/runner/judge-stop';
import { buildNames } from '../../actions/start-runner/src/runner/names';
import { jitSecretPrefix, runnerLogGroup, startRunnerParameter } from '../../config/names';
import { settingsOf } from './world';

test('what is written of a rule is read as it was', () => {
  expect(parseSettings(serialize(settingsOf()))).toEqual(settingsOf());
});

test('the parameter is the one that the stacks write', () => {
  expect(parameterName('dev', 'app')).toBe(startRunnerParameter('dev', 'app'));
});

test('the log that an error names is the one that the task writes', () => {
  const task = {
    taskArn: 'arn:aws:ecs:eu-central-1:123456789012:task/muster-dev/0123abcd',
    stopCode: 'EssentialContainerExited' as const,
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'runner', exitCode: 1 }],
  };
  expect(judgeStop(task, settingsOf())).toMatchObject({
    why: expect.stringContaining(`group ${runnerLogGroup('dev')}, stream app/runner/0123abcd.`),
  });
});

test('a runner is called by what the stacks grant: its secret below the prefix of its rule', () => {
  const names = buildNames(settingsOf(), Date.parse('2026-11-21T12:00:00Z'), (bytes) => 'ab'.repeat(bytes));
  const runner = expect.stringMatching(/^muster-dev-app-[0-9a-z]{6}-abababab$/);
  expect(names).toEqual({
    runner,
    labels: ['self-hosted', 'linux', 'x64', runner],
    secret: `${jitSecretPrefix('dev', 'app')}${'ab'.repeat(16)}`,
  });
});

describe('action.yml', () => {
  const action = parse(readFileSync('actions/start-runner/action.yml', 'utf8'));
  const sources = ['inputs', 'main', 'post'].map((name) =>
    readFileSync(`actions/start-runner/src/${name}.ts`, 'utf8'),
  );

  test('has every input and output that the sources name, and no other', () => {
    const named = (form: RegExp) =>
      [...new Set(sources.flatMap((text) => [...text.matchAll(form)].map(([, name]) => name)))].sort();
    const inputs = [...named(/\binput\('([a-z-]+)'\)/g), ...named(/\bnamed\('([a-z-]+)'/g)];
    const masked = ['private-key', 'token'];
    expect(Object.keys(action.inputs).sort()).toEqual([...new Set([...inputs, ...masked])].sort());
    expect(Object.keys(action.outputs).sort()).toEqual(named(/\bsetOutput\('([a-z-]+)'/g));
  });

  test('asks for how the job has ended anew for the post step', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's expression.
    expect(action.inputs['job-status'].default).toBe('${{ job.status }}');
  });

  test('runs on what GitHub still has', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/main.js', post: 'dist/post.js' });
  });
});

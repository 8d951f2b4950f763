import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCommands } from '../../actions/start-runner/src/workflow/commands';

let directory: string;
let lines: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-commands-'));
  lines = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const commandsOf = (env: Record<string, string> = {}) => createCommands(env, (line) => lines.push(line));

test('an input is read as the runner gives it, without the spaces around it', () => {
  const { input } = commandsOf({ 'INPUT_APP-ID': ' 123 \n' });
  expect([input('app-id'), input('token')]).toEqual(['123', '']);
});

test('a value may hold anything, the end of another one too', () => {
  const file = join(directory, 'output');
  writeFileSync(file, '');
  commandsOf({ GITHUB_OUTPUT: file }).setOutput('label', 'one\nmode<<end\ntwo\nend');
  const [, end = ''] = /^label<<(.+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  expect(readFileSync(file, 'utf8')).toBe(`label<<${end}\none\nmode<<end\ntwo\nend\n${end}\n`);
  expect(end.length).toBeGreaterThan(30);
});

test('outside of a runner it says so', () => {
  expect(() => commandsOf().saveState('attempts', '[]')).toThrow(/GITHUB_STATE is not set/);
});

test('what spans lines is masked line by line, but for the frame of a key', () => {
  commandsOf().mask('-----BEGIN RSA PRIVATE KEY-----\none%\n\ntwo\n-----END RSA PRIVATE KEY-----\n');
  expect(lines).toEqual(['::add-mask::one%25', '::add-mask::two']);
});

test('a key whose line ends are written out is masked in its parts, too', () => {
  commandsOf().mask('-----BEGIN RSA PRIVATE KEY-----\\none\\ntwo');
  expect(lines).toEqual(['::add-mask::one', '::add-mask::two']);
});

test('what others said becomes no command', () => {
  commandsOf().say('::set-output name=label::mine');
  commandsOf().say('GitHub said\n::stop-commands::x');
  commandsOf().error('a\n::warning::b');
  expect(lines).toEqual([
    '- ::set-output name=label::mine',
    'GitHub said ::stop-commands::x',
    '::error title=Start a runner::a%0A::warning::b',
  ]);
});

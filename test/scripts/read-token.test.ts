import { Readable } from 'node:stream';
import { ExpectedError } from '../../scripts/expected-error';
import { parseToken, readToken } from '../../scripts/read-token';

test.each([
  ['a line end', 'token\n'],
  ['the line end of another system', 'token\r\n'],
  ['nothing', 'token'],
])('a token may end with %s', (_case, text) => {
  expect(parseToken(text)).toBe('token');
});

test.each([
  '',
  '\n',
  ' ',
  ' canary',
  'canary ',
  'canary x',
  'canary\nother\n',
  'canary\n\n',
  'canary\u00e9',
  '\u0003canary',
])('%j is refused, without being repeated', (text) => {
  const refused = () => parseToken(text);
  expect(refused).toThrow(ExpectedError);
  expect(refused).not.toThrow(/canary/);
});

test('standard input is read to its end', async () => {
  const input = Readable.from(['tok', 'en', '\n']);
  await expect(readToken({ input, output: { write: fail }, prompt: '' })).resolves.toBe('token');
});

test('what is typed at a terminal is not shown', async () => {
  const shown: string[] = [];
  const input = Object.assign(new Readable({ read() {} }), { isTTY: true });
  const token = readToken({ input, output: { write: (text) => shown.push(text) }, prompt: 'Token: ' });
  input.push('secret\n');
  await expect(token).resolves.toBe('secret');
  expect(shown.join('')).toBe('Token: \n');
});

function fail(): never {
  throw new Error('nothing is written when there is no terminal');
}

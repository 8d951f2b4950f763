/** A token from a hidden prompt when there is a terminal, else from standard input. Never from arguments. */
import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
import { ExpectedError } from './expected-error';

interface Terminal {
  input: Readable & { isTTY?: boolean };
  output: { write: (text: string) => unknown };
  prompt: string;
}

/** @param parse of a secret that is no token */
export async function readToken(
  { input, output, prompt }: Terminal,
  parse: (text: string) => string = parseToken,
): Promise<string> {
  return parse(input.isTTY ? await readHidden({ input, output, prompt }) : await readAll(input));
}

async function readHidden({ input, output, prompt }: Terminal): Promise<string> {
  output.write(prompt);
  // readline echoes what is typed to its output; this one swallows it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const line = createInterface({ input, output: nowhere, terminal: true });
  const stopped = new AbortController();
  line.on('SIGINT', () => stopped.abort());
  try {
    return await line.question('', { signal: stopped.signal });
  } catch (cause) {
    throw new ExpectedError('Stopped; nothing was stored.', { cause });
  } finally {
    line.close();
    output.write('\n');
  }
}

async function readAll(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** One line, without its end. The text itself must not appear in an error. */
export function parseToken(text: string): string {
  const token = text.replace(/\r?\n$/, '');
  const refuse = (why: string) => {
    throw new ExpectedError(`${why} Nothing was stored. Give the token alone, on one line.`);
  };
  if (token === '') refuse('The token is empty.');
  if (/\s/.test(token)) refuse('The token has white space in it.');
  if (!/^[\x21-\x7e]+$/.test(token)) refuse('The token has characters in it that no token has.');
  if (token.length > 4096) refuse(`The token has ${token.length} characters, which no token has.`);
  return token;
}

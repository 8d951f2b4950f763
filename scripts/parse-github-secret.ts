import { parseGithubCredentials } from '../github/credentials';
import { ExpectedError } from './expected-error';
import { parseToken } from './read-token';

/** What GitHub's client takes, on one line. An error repeats nothing of it. @throws ExpectedError */
export function parseGithubSecret(text: string): string {
  try {
    const credentials = parseGithubCredentials(text);
    if (credentials.kind === 'token') return parseToken(credentials.token);
    const { appId, privateKey } = credentials;
    return JSON.stringify({ appId, privateKey });
  } catch (cause) {
    if (cause instanceof ExpectedError) throw cause;
    throw new ExpectedError(
      `${(cause as Error).message} Nothing was stored. \`jq --null-input --arg appId 123456 --rawfile privateKey app.pem '$ARGS.named' | make secrets ACCOUNT=…\` makes and stores the JSON of an App.`,
      { cause },
    );
  }
}

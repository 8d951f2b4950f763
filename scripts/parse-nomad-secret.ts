import { z } from 'zod';
import { ExpectedError } from './expected-error';

const pem = (what: string, marker: RegExp) =>
  z.string().regex(marker, `holds no ${what} in PEM form (-----BEGIN …)`);

/** What an instance needs to become a client of Nomad; the instance checks the same (ci/nomad-secret). */
const nomadSecret = z.strictObject({
  servers: z
    .array(
      z
        .string()
        .regex(/^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}$/, 'is no host:port, such as 10.0.0.5:4647'),
    )
    .min(1, 'names no server'),
  ca: pem('certificate', /-----BEGIN CERTIFICATE-----/),
  certificate: pem('certificate', /-----BEGIN CERTIFICATE-----/),
  key: pem('private key', /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/),
  // CircleCI server's Nomad has no ACLs: said, not forgotten.
  token: z.string().regex(/^[A-Za-z0-9._-]*$/, 'has other characters than A-Z a-z 0-9 . _ -'),
});

const SHAPE = `{"servers": ["10.0.0.5:4647"], "ca": "PEM", "certificate": "PEM", "key": "PEM", "token": "ACL token, or empty where Nomad has no ACLs"}`;

/**
 * On one line. An error names everything that is missing or of another form, and nothing of what is there.
 * @throws ExpectedError
 */
export function parseNomadSecret(text: string): string {
  const refuse = (problems: string[]): never => {
    throw new ExpectedError(
      `This is no secret of a Nomad client: ${problems.join('; ')}. Nothing was stored. It has the form ${SHAPE}; \`jq --null-input --rawfile ca ca.pem …\` in docs/nomad.md makes it.`,
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(['it is no JSON']);
  }
  const result = nomadSecret.safeParse(value);
  if (result.success) return JSON.stringify(result.data);
  return refuse(
    result.error.issues.flatMap(({ path, message, code, ...issue }) => {
      if (code === 'unrecognized_keys')
        return `it has ${(issue as { keys: string[] }).keys.join(', ')}, which it should not`;
      const name = path.join('.');
      if (name === '') return 'it is no object';
      const isThere =
        path.length > 1 || (typeof value === 'object' && value !== null && String(path[0]) in value);
      return isThere ? `${name} ${message}` : `${name} is missing`;
    }),
  );
}

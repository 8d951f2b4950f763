/** The text of the one comment that shows a diff. */

interface Diff {
  environment: string;
  /** What `make diff` printed. */
  output: string;
  /** Whether it could be made at all. */
  passed: boolean;
  commit: string;
  /** Values that must not be shown. */
  secrets: readonly string[];
  /** Longest comment, in characters. */
  limit: number;
}

/** The first line of our comment: by this the next run finds it. */
export const toMarker = (environment: string) => `<!-- muster-diff: ${environment} -->`;

/** Nobody means more backticks in a row, and the fence around them must not eat the comment. */
const LONGEST_RUN = 20;
const LONG_RUNS = new RegExp(`\`{${LONGEST_RUN},}`, 'g');

/** Of a diff that is too long, so much of the end stays: there Terraform sums up. */
const TAIL = 2_000;

export function toComment({ environment, output, passed, commit, secrets, limit }: Diff): string {
  const text = mask(toPlain(output), secrets).trim().replace(LONG_RUNS, '`'.repeat(LONGEST_RUN));
  // Longer than any run of backticks within, which would end the block.
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const title = passed
    ? `What a deploy would change in \`${environment}\``
    : `The diff of \`${environment}\` failed`;
  const frame = (body: string) =>
    [
      toMarker(environment),
      `### ${title}`,
      '',
      `At ${commit}. ${passed ? toSummary(text) : 'The log of the job says more.'}`,
      '',
      '<details><summary>Output of make diff</summary>',
      '',
      `${fence}text`,
      body,
      fence,
      '',
      '</details>',
      '',
    ].join('\n');
  const room = limit - frame('').length;
  return frame(shorten(text, room));
}

/** Terraform's own sentence. */
const toSummary = (text: string) =>
  /^.*(Plan: \d+ to .*|No changes\..*)$/m.exec(text)?.[1]?.trim() ?? 'See below.';

function shorten(text: string, room: number): string {
  if (text.length <= room) return text;
  const note = (left: number) => `\n… ${left} characters left out: the log of the job has them …\n`;
  const tail = TAIL < room / 4 ? TAIL : Math.floor(room / 4);
  // The note is longest when all is left out.
  const head = room - tail - note(text.length).length;
  const start = withoutHalves(text.slice(0, head));
  const end = withoutHalves(text.slice(text.length - tail));
  return `${start}${note(text.length - start.length - end.length)}${end}`;
}

/** A character outside the basic plane has two halves; one alone is no text. */
const withoutHalves = (text: string) => text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '');

/** Without colours and cursor movements, and without other control characters. */
const toPlain = (text: string) =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences start with one
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g, '')
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');

/** Tokens of GitLab, GitHub and AWS by their shape, and those that the job itself was given. */
const SHAPES =
  /\b(?:gl(?:pat|rt|cbt|dt|ptt)-[\w.-]{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|A(?:KIA|SIA)[A-Z0-9]{16}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)/g;

function mask(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets.filter((secret) => secret.length >= 8).sort((a, b) => b.length - a.length);
  return longestFirst
    .reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
    .replace(SHAPES, '***');
}

/** Values of the variables that hold credentials in a pipeline. */
export const toSecrets = (variables: NodeJS.ProcessEnv): string[] =>
  Object.entries(variables).flatMap(([name, value]) =>
    value && /TOKEN|SECRET|PASSWORD|ACCESS_KEY|PRIVATE_KEY/.test(name) && !/_(FILE|URL)$/.test(name)
      ? [value]
      : [],
  );

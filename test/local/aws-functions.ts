/** Functions on a local AWS, of a line or two of source each, and what they logged. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import type { LocalAws } from './start-local-aws';
import { until } from './until';

const ZIP = `import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1], "w")
for name in sys.argv[2:]: archive.write(name, name)
archive.close()`;

/** The package of index.js, and of other files by name. */
export function zip(source: string, files: Record<string, string> = {}): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'muster-zip-'));
  try {
    const all = Object.entries({ 'index.js': source, ...files });
    for (const [name, text] of all) writeFileSync(join(folder, name), text);
    execFileSync('python3', ['-c', ZIP, 'code.zip', ...all.map(([name]) => name)], { cwd: folder });
    return readFileSync(join(folder, 'code.zip'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export type Functions = Awaited<ReturnType<typeof prepareFunctions>>;

export async function prepareFunctions(aws: LocalAws) {
  const lambda = new LambdaClient(aws.client);
  const logs = new CloudWatchLogsClient(aws.client);
  const { Role } = await new IAMClient(aws.client).send(
    new CreateRoleCommand({ RoleName: 'scaler', AssumeRolePolicyDocument: '{}' }),
  );
  const roleArn = Role?.Arn ?? '';
  let count = 0;

  const make = async (source: string, change: Partial<CreateFunctionCommandInput> = {}) => {
    const name = `function-${++count}`;
    const made = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: roleArn,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Timeout: 60,
        Code: { ZipFile: zip(source) },
        ...change,
      }),
    );
    return { name, arn: made.FunctionArn ?? '' };
  };
  const linesOf = async (name: string): Promise<string[]> => {
    const answer = await logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }));
    return (answer.events ?? []).map((event) => event.message ?? '');
  };
  /** Lets a service invoke it, for what comes from `sourceArn`. */
  const allow = (FunctionName: string, service: string, sourceArn: string) =>
    lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: `by-${service.split('.')[0]}`,
        Action: 'lambda:InvokeFunction',
        Principal: service,
        SourceArn: sourceArn,
      }),
    );
  return {
    lambda,
    roleArn,
    make,
    allow,
    linesOf,
    /** One that remembers what it gets. Nobody may invoke it yet. */
    makeListener: async () => {
      const { name, arn } = await make(
        'exports.handler = async (event) => console.log(JSON.stringify({ got: event }));',
      );
      const heard = async <Event>(): Promise<Event[]> => {
        const lines = await linesOf(name).catch(() => []);
        return lines.flatMap((line) => {
          const json = /\{"got":.*\}/.exec(line)?.[0];
          return json ? [(JSON.parse(json) as { got: Event }).got] : [];
        });
      };
      return {
        name,
        arn,
        allow: (service: string, sourceArn: string) => allow(name, service, sourceArn),
        heard,
        /** What it got, when that is as much as expected. */
        hears: <Event>(count: number): Promise<Event[]> =>
          until(
            `${name} hears ${count}`,
            () => heard<Event>(),
            (all) => all.length >= count,
          ),
      };
    },
  };
}

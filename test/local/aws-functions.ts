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

/** The package of one file, index.js. */
export function zip(source: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'muster-zip-'));
  try {
    writeFileSync(join(folder, 'index.js'), source);
    const program = 'import sys,zipfile; zipfile.ZipFile(sys.argv[1],"w").write(sys.argv[2],"index.js")';
    execFileSync('python3', ['-c', program, join(folder, 'code.zip'), join(folder, 'index.js')]);
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
        Timeout: 5,
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
  return {
    lambda,
    roleArn,
    make,
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
        /** A service, for what comes from `sourceArn`. */
        allow: (service: string, sourceArn: string) =>
          lambda.send(
            new AddPermissionCommand({
              FunctionName: name,
              StatementId: `by-${service.split('.')[0]}`,
              Action: 'lambda:InvokeFunction',
              Principal: service,
              SourceArn: sourceArn,
            }),
          ),
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

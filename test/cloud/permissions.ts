/** What each role has asked AWS for, beside what its deployed policies allow: the local AWS checks neither. */
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { ask } from '../../local/run/ci/ask';
import { makeClients } from '../../local/run/operator';
import type { Call, World } from './world';

export interface RoleUse {
  /** IAM actions such as ssm:SendCommand. */
  allowed: string[];
  called: string[];
}

/** IAM actions that have another name than the call. */
const RENAMED: Record<string, string> = { 'lambda:Invoke': 'lambda:InvokeFunction' };

const toAction = ({ service, operation }: Call) => {
  const action = `${service}:${operation}`;
  return RENAMED[action] ?? action;
};

async function readAllowed(iam: IAMClient, role: string): Promise<string[]> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
  const actions: string[] = [];
  for (const PolicyName of PolicyNames) {
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName }));
    const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument));
    for (const { Effect, Action } of Statement) if (Effect === 'Allow') actions.push(...[Action].flat());
  }
  return actions;
}

const unique = (names: string[]) => [...new Set(names)].sort();

/** By name of the role, of all roles that the environment has. */
export async function readRoleUse(world: World): Promise<Map<string, RoleUse>> {
  const { cloud, config } = world;
  const iam = new IAMClient(makeClients(cloud.awsEndpointUrl, config.aws.region).settings);
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const { calls } = (await ask(`${cloud.awsEndpointUrl}/_local/calls?since=0`)) as { calls: Call[] };
  const uses = new Map<string, RoleUse>();
  for (const { RoleName = '' } of Roles)
    if (RoleName.startsWith(`muster-${config.environment}-`))
      uses.set(RoleName, {
        allowed: unique(await readAllowed(iam, RoleName)),
        called: unique(calls.filter(({ principal }) => principal === RoleName).map(toAction)),
      });
  return uses;
}

/** What is allowed and not asked for in every run, and who asks for it. */
const ELSEWHERE: Record<string, { action: RegExp; who: string }[]> = {
  instance: [
    { action: /^(ssmmessages:|ssm:UpdateInstanceInformation$)/, who: 'the real agent of Systems Manager' },
    { action: /^ssm:GetParameter$/, who: 'an instance that is some minutes old (nights.test.ts)' },
  ],
  scaler: [
    { action: /^logs:/, who: 'Lambda' },
    {
      action: /^autoscaling:UpdateAutoScalingGroup$/,
      who: 'a fleet that finds no spot capacity (test/lambda/scaler/group)',
    },
    {
      action: /^autoscaling:(DescribeScalingActivities|CreateOrUpdateTags)$/,
      who: 'a fleet whose launches fail (fleets.test.ts)',
    },
  ],
  drain: [
    { action: /^logs:(Create|Put)/, who: 'Lambda' },
    {
      action: /^(logs:GetLogEvents|autoscaling:CompleteLifecycleAction)$/,
      who: 'the third try for an instance that does not answer (test/local/aws-drain-path.test.ts)',
    },
  ],
  housekeeper: [
    { action: /^logs:/, who: 'Lambda' },
    {
      action: /^(sns:Publish|autoscaling:(TerminateInstanceInAutoScalingGroup|CreateOrUpdateTags))$/,
      who: 'stuck and held instances (test/lambda/housekeeper)',
    },
  ],
  smoke: [{ action: /^logs:/, who: 'the machine that proves an image (nights.test.ts)' }],
  schedule: [{ action: /^lambda:InvokeFunction$/, who: 'EventBridge Scheduler' }],
};

/** What a kind of role may do and nobody asks for. A fleet's instances have a role of their own, all alike. */
export function toUnused(uses: ReadonlyMap<string, RoleUse>): string[] {
  const kinds = new Map<string, RoleUse>();
  for (const [role, { allowed, called }] of uses) {
    const kind = role.split('-').at(-1) ?? role;
    const known = kinds.get(kind) ?? { allowed: [], called: [] };
    kinds.set(kind, { allowed: [...known.allowed, ...allowed], called: [...known.called, ...called] });
  }
  return [...kinds].flatMap(([kind, { allowed, called }]) =>
    unique(allowed)
      .filter((action) => !called.includes(action))
      .filter((action) => !ELSEWHERE[kind]?.some((other) => other.action.test(action)))
      .map((action) => `${kind}: ${action}`),
  );
}

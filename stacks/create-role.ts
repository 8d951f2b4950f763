/**
 * A role with one inline policy, within what the organization demands of roles. Never a managed policy: those grant more
 * than Muster needs (the managed SSM policy reads every parameter of the account).
 */
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { Config } from '../config/schema';

export interface Statement {
  Sid: string;
  /** Default: Allow. */
  Effect?: 'Allow' | 'Deny';
  Action: string[];
  Resource: string[];
  Condition?: Condition;
}

/** Operator → key → values. */
export type Condition = Record<string, Record<string, string | string[]>>;

/** Who may assume a role. */
export interface Trust {
  Principal: { Service: string } | { Federated: string };
  Action: 'sts:AssumeRole' | 'sts:AssumeRoleWithWebIdentity';
  Condition?: Condition | undefined;
}

export interface RoleProps {
  name: string;
  description?: string;
  trust: Trust;
  statements: Statement[];
  organization: Config['organization'];
  tags?: Record<string, string> | undefined;
}

export interface Role {
  readonly arn: string;
  readonly name: string;
  /** What has to exist before the role is of use. */
  readonly ready: ITerraformDependable[];
}

/** Makes `role` and `policy` in the scope. */
export function createRole(scope: Construct, props: RoleProps): Role {
  const { name, description, trust, statements, organization, tags } = props;
  const role = new IamRole(scope, 'role', {
    name,
    ...(description ? { description } : {}),
    path: organization.rolePath,
    ...(organization.permissionsBoundaryArn
      ? { permissionsBoundary: organization.permissionsBoundaryArn }
      : {}),
    assumeRolePolicy: toPolicy([{ Effect: 'Allow', ...trust }]),
    ...(tags ? { tags } : {}),
  });
  const policy = new IamRolePolicy(scope, 'policy', {
    name,
    role: role.name,
    policy: toPolicy(statements.map((statement) => ({ Effect: 'Allow', ...statement }))),
  });
  return { arn: role.arn, name: role.name, ready: [policy] };
}

const toPolicy = (statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

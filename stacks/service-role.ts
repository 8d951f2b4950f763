/**
 * A role that one AWS service assumes, with one inline policy. Never a managed policy: those grant more than
 * Muster needs (the managed SSM policy reads every parameter of the account).
 */
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Config } from '../config/schema';

export interface Statement {
  Sid: string;
  /** Default: Allow. */
  Effect?: 'Allow' | 'Deny';
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface ServiceRoleProps {
  name: string;
  /** Such as lambda.amazonaws.com. */
  service: string;
  /** What the caller must show beyond being that service. */
  trustCondition?: Statement['Condition'];
  statements: Statement[];
  organization: Config['organization'];
  tags?: Record<string, string>;
}

export class ServiceRole extends Construct {
  readonly arn: string;
  readonly name: string;
  /** What has to exist before the role is of use. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const { organization } = props;
    const role = new IamRole(this, 'role', {
      name: props.name,
      path: organization.rolePath,
      ...(organization.permissionsBoundaryArn
        ? { permissionsBoundary: organization.permissionsBoundaryArn }
        : {}),
      assumeRolePolicy: toPolicy([
        {
          Effect: 'Allow',
          Principal: { Service: props.service },
          Action: 'sts:AssumeRole',
          ...(props.trustCondition ? { Condition: props.trustCondition } : {}),
        },
      ]),
      ...(props.tags ? { tags: props.tags } : {}),
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: props.name,
      role: role.name,
      policy: toPolicy(props.statements.map((statement) => ({ Effect: 'Allow', ...statement }))),
    });
    this.arn = role.arn;
    this.name = role.name;
    this.ready = [policy];
  }
}

const toPolicy = (statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

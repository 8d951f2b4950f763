/** A role that one AWS service assumes. */
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Config } from '../config/schema';
import { createRole, type Role, type Statement } from './create-role';

export type { Statement } from './create-role';

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

export class ServiceRole extends Construct implements Role {
  readonly arn: string;
  readonly name: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const { name, service, trustCondition, statements, organization, tags } = props;
    const role = createRole(this, {
      name,
      trust: {
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        ...(trustCondition ? { Condition: trustCondition } : {}),
      },
      statements,
      organization,
      tags,
    });
    this.arn = role.arn;
    this.name = role.name;
    this.ready = role.ready;
  }
}

/** Roles of tasks are assumed by ECS on behalf of this account's tasks, as its guide advises against the confused deputy. */
import type { Config } from '../../config/schema';
import type { ServiceRoleProps } from '../service-role';

export const toTasksTrust = ({ aws }: Config): Pick<ServiceRoleProps, 'service' | 'trustCondition'> => ({
  service: 'ecs-tasks.amazonaws.com',
  trustCondition: { StringEquals: { 'aws:SourceAccount': aws.accountId } },
});

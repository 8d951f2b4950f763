/** http://localhost:51678/v1/: what the agent says of itself and its tasks to whoever is on this machine. */
import { type Service, startService } from '../cloud/http-service';
import type { RunningTask } from './running-task';

const PORT = 51678;

export interface Told {
  cluster: string;
  /** None before it is registered. */
  containerInstanceArn: string | null;
  version: string;
  tasks: ReadonlyMap<string, RunningTask>;
}

/** On every address, as the real one: containers are kept from it by the machine's firewall. */
export function startIntrospection(told: Told): Promise<Service> {
  return startService('0.0.0.0', PORT, ({ path }) => {
    if (path === '/v1/metadata')
      return {
        status: 200,
        body: {
          Cluster: told.cluster,
          ContainerInstanceArn: told.containerInstanceArn,
          Version: `Amazon ECS Agent - v${told.version} (stand-in)`,
        },
      };
    if (path === '/v1/tasks')
      return {
        status: 200,
        body: {
          Tasks: [...told.tasks].map(([arn, task]) => ({
            Arn: arn,
            KnownStatus: task.known,
            Containers: task.containers().map(({ name, id }) => ({ Name: name, DockerId: id })),
          })),
        },
      };
    return { status: 404, body: '' };
  });
}

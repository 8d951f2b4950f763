import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SSMClient } from '@aws-sdk/client-ssm';

export interface RunnerImageClients {
  ecr: ECRClient;
  ecs: ECSClient;
  ssm: SSMClient;
}

export const createRunnerImageClients = (region: string): RunnerImageClients => ({
  ecr: new ECRClient({ region }),
  ecs: new ECSClient({ region }),
  ssm: new SSMClient({ region }),
});

/** What ECS wants of the agent (local/aws/ecs/agent_api.py). */
export interface Container {
  name: string;
  image: string;
  environment: Record<string, string>;
  entryPoint?: string[] | null;
  command?: string[] | null;
  user?: string | null;
  workingDirectory?: string | null;
  cpu: number;
  memory?: number | null;
  memoryReservation?: number | null;
  essential: boolean;
  privileged: boolean;
  readonlyRootFilesystem: boolean;
  initProcessEnabled: boolean;
  stopTimeout: number;
  ulimits: { name: string; softLimit: number; hardLimit: number }[];
  dockerLabels: Record<string, string>;
  dropCapabilities: string[];
  addCapabilities: string[];
  log: { group: string; stream: string; region: string } | null;
}

export interface Task {
  taskArn: string;
  desiredStatus: 'RUNNING' | 'STOPPED';
  family: string;
  revision: number;
  containers: Container[];
}

export interface ContainerState {
  name: string;
  exitCode?: number;
  reason?: string;
  runtimeId?: string;
  imageDigest?: string;
}

export interface TaskState {
  taskArn: string;
  status: 'RUNNING' | 'STOPPED';
  reason?: string;
  containers: ContainerState[];
}

/** Looks into the machines of a local cloud and breaks them, over the daemon's control side. */
import type { ExecResult } from '../machines/daemon/exec';
import type { MachineView } from '../machines/daemon/machines';

export class CloudClient {
  constructor(private readonly controlUrl: string) {}

  machines(): Promise<MachineView[]> {
    return this.ask('GET', '/machines');
  }

  /** Runs a command as root inside a machine. */
  exec(instanceId: string, command: string[], timeoutMs = 60_000): Promise<ExecResult> {
    return this.ask('POST', '/exec', { instanceId, command, timeoutMs });
  }

  /** Sudden death of a machine. */
  kill(instanceId: string): Promise<object> {
    return this.ask('POST', '/kill', { instanceId });
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.controlUrl}${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: status ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}

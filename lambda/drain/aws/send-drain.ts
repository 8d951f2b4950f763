import {
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { Clock } from '../../../clock/clock';
import type { Sent } from '../core/types';
import type { Ports } from '../ports';
import { limitCall, toDetail } from './limit-call';

/** An agent that is connected begins within two seconds. */
const WAIT_MS = 20_000;
const LOOK_EVERY_MS = 1_000;

/** Runs the document on the instance and waits until it has begun: a command that is only sent has drained nobody. */
export function createSendDrain(client: SSMClient, document: string, clock: Clock): Ports['sendDrain'] {
  async function readInvocation(CommandId: string, InstanceId: string): Promise<Sent | { detail: string }> {
    const command = new GetCommandInvocationCommand({ CommandId, InstanceId });
    try {
      return toSent(
        await limitCall(clock, 'GetCommandInvocation', (options) => client.send(command, options)),
      );
    } catch (error) {
      // InvocationDoesNotExist at first: SendCommand answers before the invocation can be read.
      return { detail: toDetail('GetCommandInvocation', error) };
    }
  }

  return async (instance) => {
    const deadline = clock.now() + WAIT_MS;
    const command = new SendCommandCommand({ DocumentName: document, InstanceIds: [instance] });
    let commandId: string;
    try {
      const answer = await limitCall(clock, 'SendCommand', (options) => client.send(command, options));
      commandId = answer.Command?.CommandId ?? '';
    } catch (error) {
      return { kind: 'unanswered', detail: toDetail('SendCommand', error) };
    }
    for (;;) {
      const seen = await readInvocation(commandId, instance);
      if ('kind' in seen) return seen;
      if (clock.now() >= deadline)
        return { kind: 'unanswered', detail: `command ${commandId}: ${seen.detail}`.slice(0, 300) };
      await clock.sleep(LOOK_EVERY_MS);
    }
  };
}

/** Without a kind while it can still begin. */
function toSent(invocation: GetCommandInvocationCommandOutput): Sent | { detail: string } {
  const { Status, StatusDetails = '', StandardErrorContent = '', CommandId } = invocation;
  const detail = `command ${CommandId}: ${StatusDetails || Status} ${StandardErrorContent}`
    .trim()
    .slice(0, 300);
  switch (Status) {
    case 'InProgress':
    case 'Success':
      return { kind: 'started' };
    case 'Failed':
      // Undeliverable, Terminated and AccessDenied are failures too, of commands that no instance has seen.
      return { kind: StatusDetails === 'Failed' ? 'failed' : 'unanswered', detail };
    case 'Cancelled':
    case 'Cancelling':
    case 'TimedOut':
      return { kind: 'unanswered', detail };
    default:
      return { detail };
  }
}

/** How the entry point takes its configuration: it is gone before a runner starts, or no runner starts. */
import { describeAsRoot } from '../as-root';
import { until } from '../local/until';
import type { Fault } from './task-aws';
import { useWorld } from './task-world';

/** Before a job came. */
const TOLD_TO_STOP = 75;
const DENIED: Fault = { type: 'AccessDeniedException' };
const THROTTLED: Fault = { type: 'ThrottlingException' };
/** So long is asked again what AWS does not do at once. */
const BRIEFLY = { MUSTER_SECRET_SECONDS: '10' };

describeAsRoot('the secret of a runner', () => {
  const used = useWorld();

  /** No runner of that name was ever online. */
  const expectNone = async (minted: { name: string; secret: string; encoded: string }) =>
    expect(await used.world.runner(minted)).toMatchObject({ status: 'offline', busy: false });

  test('is read with the credentials of the task role, and deleted for good before the runner is online', async () => {
    const { world } = used;
    const minted = await world.mint();
    const task = world.run(minted);
    await world.untilOnline(minted);
    expect(world.aws.secrets.has(minted.secret)).toBe(false);
    expect(world.aws.requests.map(({ action }) => action)).toEqual(['GetSecretValue', 'DeleteSecret']);
    for (const { authorization, sessionToken } of world.aws.requests) {
      expect(authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=ASIAOFATEST\/\d{8}\/us-east-1\/secretsmanager\/aws4_request/,
      );
      expect(sessionToken).toBe('session-of-a-test');
    }
    task.signal('SIGTERM');
    expect(await task.ended).toBe(TOLD_TO_STOP);
  });

  test('that is not there starts no runner, and says so at once', async () => {
    const { world } = used;
    const minted = await world.mint();
    world.aws.secrets.delete(minted.secret);
    const task = world.run(minted);
    expect(await task.ended).toBe(1);
    expect(task.errors).toMatch(/The secret muster\/dev\/\S+ cannot be read: it is not there/);
    expect(world.aws.requests).toHaveLength(1);
    await expectNone(minted);
  });

  test('that the role may not read starts no runner, after it was asked for a while', async () => {
    const { world } = used;
    const minted = await world.mint();
    world.aws.faults = { GetSecretValue: [DENIED] };
    const task = world.run(minted, BRIEFLY);
    expect(await task.ended).toBe(1);
    expect(task.errors).toMatch(/cannot be read: Secrets Manager answers AccessDeniedException for 10 s/);
    expect(world.aws.requests.length).toBeGreaterThan(1);
    await expectNone(minted);
  });

  test('that is throttled, fails and is silent for a moment is read all the same', async () => {
    const { world } = used;
    const minted = await world.mint();
    world.aws.faults = {
      GetSecretValue: [THROTTLED, { type: 'InternalServiceError', status: 500 }, 'lost', null],
      DeleteSecret: [THROTTLED, null],
    };
    const task = world.run(minted);
    await world.untilOnline(minted);
    expect(world.aws.secrets.has(minted.secret)).toBe(false);
    task.signal('SIGTERM');
    expect(await task.ended).toBe(TOLD_TO_STOP);
  });

  test('that cannot be deleted starts no runner: it would stay good for whoever reads it', async () => {
    const { world } = used;
    const minted = await world.mint();
    world.aws.faults = { DeleteSecret: [DENIED] };
    const task = world.run(minted, BRIEFLY);
    expect(await task.ended).toBe(1);
    expect(task.errors).toMatch(/cannot be deleted: .*AccessDeniedException.*No runner is started/);
    await expectNone(minted);
  });

  test('whose deletion was done and not answered counts as deleted', async () => {
    const { world } = used;
    const minted = await world.mint();
    world.aws.faults = { DeleteSecret: ['lost', null] };
    const task = world.run(minted);
    await world.untilOnline(minted);
    task.signal('SIGTERM');
    expect(await task.ended).toBe(TOLD_TO_STOP);
  });

  test('that holds something else starts no runner, and is not repeated in the log', async () => {
    const { world } = used;
    const minted = await world.mint();
    world.aws.secrets.set(minted.secret, 'no configuration {');
    const task = world.run(minted);
    expect(await task.ended).toBe(1);
    expect(task.errors).toMatch(/holds no just-in-time configuration/);
    expect(task.out + task.errors).not.toContain('no configuration {');
  });

  test('is not had where the credentials endpoint is silent, or the task has no role', async () => {
    const { world } = used;
    const minted = await world.mint();
    world.aws.isRoleSilent = true;
    const silent = world.run(minted, BRIEFLY);
    expect(await silent.ended).toBe(1);
    expect(silent.errors).toMatch(/the task's role gives no credentials for 10 s/);
    world.aws.isRoleSilent = false;
    const without = world.run(minted, { ...BRIEFLY, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' });
    expect(await without.ended).toBe(1);
    expect(without.errors).toMatch(/This task has no role: its definition needs taskRoleArn/);
    expect(world.aws.requests).toEqual([]);
  });

  test('is not waited for by a task that is told to stop', async () => {
    const { world } = used;
    const minted = await world.mint();
    world.aws.faults = { GetSecretValue: [THROTTLED] };
    const task = world.run(minted, { MUSTER_SECRET_SECONDS: '600' });
    await until('the secret is asked for', () => world.aws.requests.length > 0);
    const asked = performance.now();
    task.signal('SIGTERM');
    expect(await task.ended).toBe(TOLD_TO_STOP);
    expect(performance.now() - asked).toBeLessThan(20_000);
    expect(task.out).toContain('Told to stop before the runner was started.');
    await expectNone(minted);
  });

  test('is asked for only where the task definition is ours', async () => {
    const task = used.world.run({ secret: '' });
    expect(await task.ended).toBe(1);
    expect(task.errors).toMatch(/MUSTER_JIT_SECRET is not set/);
  });
});

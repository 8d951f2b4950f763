import { DescribeTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { registerImage } from '../../../scripts/runner-image/register-image';

const ecs = mockClient(ECSClient);

/** A family: what each revision is, the first one at 1, and what others register right before we do, each time. */
function serve(others: { cpu: string; status: string }[][]) {
  ecs.reset();
  const of = (cpu: string, image: string, status = 'ACTIVE') => ({ cpu, image, status });
  const revisions = [of('1', 'repo@old')];
  const at = (revision: number) => {
    const { cpu, image, status } = revisions[revision - 1] ?? of('', '');
    const containerDefinitions = [{ name: 'runner', image }];
    return { family: 'app', revision, cpu, status: status as 'ACTIVE', containerDefinitions };
  };
  ecs.on(DescribeTaskDefinitionCommand).callsFake(({ taskDefinition }) => {
    const [, revision = revisions.length] = taskDefinition.split(':');
    return { taskDefinition: at(Number(revision)), tags: [] };
  });
  ecs.on(RegisterTaskDefinitionCommand).callsFake(({ cpu, containerDefinitions }) => {
    for (const other of others.shift() ?? []) revisions.push({ ...other, image: 'repo@old' });
    revisions.push(of(cpu, containerDefinitions[0].image));
    return { taskDefinition: at(revisions.length) };
  });
  return () => revisions.map(({ cpu, image }) => `${cpu} ${image}`);
}
const register = () => registerImage(new ECSClient({ region: 'eu-central-1' }), 'app', 'repo@new');

test('what a deploy registers in between counts, with the image', async () => {
  const read = serve([[{ cpu: '2', status: 'ACTIVE' }]]);
  expect(await register()).toBe('revision 4, was old in revision 1');
  expect(read()).toEqual(['1 repo@old', '2 repo@old', '1 repo@new', '2 repo@new']);
});

test('the newest of several, of several deploys', async () => {
  const both = [
    { cpu: '2', status: 'ACTIVE' },
    { cpu: '3', status: 'ACTIVE' },
  ];
  const read = serve([both, [{ cpu: '4', status: 'ACTIVE' }]]);
  await register();
  expect(read().at(-1)).toBe('4 repo@new');
});

test('one that is deregistered does not', async () => {
  const read = serve([[{ cpu: '2', status: 'INACTIVE' }]]);
  await register();
  expect(read().at(-1)).toBe('1 repo@new');
});

test('deploys without end are told', async () => {
  serve(Array.from({ length: 9 }, () => [{ cpu: '2', status: 'ACTIVE' }]));
  await expect(register()).rejects.toThrow(/changes all the time/);
});

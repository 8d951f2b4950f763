import fc from 'fast-check';
import * as names from '../../config/names';

const environment = fc.stringMatching(/^[a-z][a-z0-9]{0,23}$/);
const fleet = fc.stringMatching(/^[a-z][a-z0-9-]{0,23}$/);
const perFleet = {
  groupName: names.groupName,
  instanceRoleName: names.instanceRoleName,
  instanceLogGroup: names.instanceLogGroup,
  runnerTokenSecret: names.runnerTokenSecret,
  apiTokenSecret: names.apiTokenSecret,
  imageParameter: names.imageParameter,
};

test.each(Object.entries(perFleet))(
  '%s never gives two fleets one name, whatever their environments',
  (_name, toName) => {
    const different = fc
      .tuple(environment, fleet, environment, fleet)
      .filter(([env, name, otherEnv, other]) => env !== otherEnv || name !== other);
    fc.assert(
      fc.property(different, ([env, name, otherEnv, other]) => {
        expect(toName(env, name)).not.toBe(toName(otherEnv, other));
      }),
    );
  },
);

const perRule = {
  runnerFamily: (env: string, rule: string, size: string) => names.runnerFamily(env, rule, size, 'ec2'),
  jitSecretPrefix: names.jitSecretPrefix,
  startRunnerParameter: names.startRunnerParameter,
};

test.each(Object.entries(perRule))(
  '%s never gives two rules one name, whatever their sizes',
  (_name, toName) => {
    const one = fc.tuple(environment, fleet, fleet);
    const keyOf = ([env, rule, size]: string[]) =>
      (toName.length === 3 ? [env, rule, size] : [env, rule]).join();
    fc.assert(
      fc.property(
        fc.tuple(one, one).filter(([a, b]) => keyOf(a) !== keyOf(b)),
        ([a, b]) => {
          expect(toName(...a)).not.toBe(toName(...b));
        },
      ),
    );
  },
);

test('no rule has the role of another, whatever they are called', () => {
  const rolesOf = (rule: string) => [
    names.workflowRoleName('dev', rule),
    names.runnerTaskRoleName('dev', rule),
  ];
  const rules = ['a', 'a-task', 'execution', 'task', 'a-execution'];
  const roles = [...rules.flatMap(rolesOf), names.runnerExecutionRoleName('dev')];
  expect(new Set(roles).size).toBe(roles.length);
});

test('the tag keys of Muster fit the instance metadata', () => {
  for (const key of Object.values(names.TAGS)) expect(key).toMatch(/^[A-Za-z0-9+\-=.,_:@]+$/);
});

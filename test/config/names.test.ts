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

test('the tag keys of Muster fit the instance metadata', () => {
  for (const key of Object.values(names.TAGS)) expect(key).toMatch(/^[A-Za-z0-9+\-=.,_:@]+$/);
});

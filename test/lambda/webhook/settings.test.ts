import { parse, serialize } from '../../../lambda/webhook/settings';

const whole = {
  environment: 'dev',
  scalerFunction: 'muster-dev-scaler',
  accounts: { acme: { secret: 'muster/dev/ci/acme/webhook-secret' } },
};

test('what is written is read back', () => {
  expect(parse(serialize(whole))).toEqual(whole);
});
test('settings that do not fit are refused, with where and what to do', () => {
  const broken = serialize(whole).replace('"muster-dev-scaler"', '7');
  expect(() => parse(broken)).toThrow(/scalerFunction[\s\S]*Deploy again/);
});

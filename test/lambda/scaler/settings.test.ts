import { parse, serialize } from '../../../lambda/scaler/settings';
import { envSettingsOf, settingsOf, WORKING_HOURS } from './perfect';

const whole = envSettingsOf([settingsOf({ surge: 3, hours: WORKING_HOURS }), settingsOf({ name: 'other' })]);

test('what is written is read back', () => {
  expect(parse(serialize(whole))).toEqual(whole);
});
test('settings that do not fit are refused, with where and what to do', () => {
  const broken = serialize(whole).replace('"max": 100', '"max": "many"');
  expect(() => parse(broken)).toThrow(/fleets\[0\]\.max[\s\S]*Deploy again/);
});

import { parse, serialize } from '../../../lambda/drain/settings';
import { settingsOf } from './perfect';

test('what is written is read back', () => {
  expect(parse(serialize(settingsOf()))).toEqual(settingsOf());
});

test('settings that do not fit are refused, with where and what to do', () => {
  const broken = serialize(settingsOf()).replace('"/muster/dev/linux"', '7');
  expect(() => parse(broken)).toThrow(/logGroup[\s\S]*Deploy again/);
});

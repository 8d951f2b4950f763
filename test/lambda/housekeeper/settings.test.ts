import { parse, serialize } from '../../../lambda/housekeeper/settings';
import { circleciFleetOf, fleetSettingsOf, githubEcsOf, imageSettingsOf, settingsOf } from './perfect';

const whole = settingsOf({
  fleets: [
    circleciFleetOf(),
    fleetSettingsOf(),
    { ci: 'unlisted', name: 'batch', group: 'muster-dev-batch' },
  ],
  images: [imageSettingsOf({ shareWith: ['111122223333'], copyTo: ['us-east-1'] })],
  githubEcs: githubEcsOf(),
});

test('what is written is read back', () => {
  expect(parse(serialize(whole))).toEqual(whole);
});

test('settings that do not fit are refused, with where and what to do', () => {
  const broken = serialize(whole).replace('"keep": 2', '"keep": "all"');
  expect(() => parse(broken)).toThrow(/images\[0\]\.keep[\s\S]*Deploy again/);
});

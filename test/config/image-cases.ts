/** Images that cannot be shared, copied or baked at night. */
import { change } from './perfect';
import { type Case, one } from './rule-case';

const KEY = '  kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:key/1234abcd\n';

export const imageCases: Case[] = [
  {
    rule: 'an image that is shared has a key that others may use',
    text: change(KEY, ''),
    path: 'images.boxes.shareWith',
    line: 'shareWith:',
    says: 'kmsKeyArn',
  },
  one(
    'an image is not shared with its own account',
    '["222233334444"]',
    '["222233334444", "111122223333"]',
    'images.boxes.shareWith.1',
    'shareWith:',
  ),
  one(
    'accounts to share with differ',
    '["222233334444"]',
    '["222233334444", "222233334444"]',
    'images.boxes.shareWith.1',
    'shareWith:',
    'twice',
  ),
  one(
    'an image is not copied to its own region',
    '[us-west-2]',
    '[eu-central-1]',
    'images.boxes.copyTo.0',
    'copyTo:',
    'eu-central-1',
  ),
  one(
    'regions to copy to differ',
    '[us-west-2]',
    '[us-west-2, us-west-2]',
    'images.boxes.copyTo.1',
    'copyTo:',
    'twice',
  ),
  one(
    'the zone of the nightly exists',
    'America/Chicago',
    'Chicago',
    'nightly.timeZone',
    'timeZone:',
    'America/Chicago',
  ),
  one('the nightly bakes images that exist', '[boxes]', '[boxen]', 'nightly.images.0', 'images:', 'boxes'),
  one('the nightly bakes each image once', '[boxes]', '[amd, amd]', 'nightly.images.1', 'images:', 'twice'),
  one('the nightly bakes something', '[boxes]', '[]', 'nightly.images', 'images: []', 'all'),
  one('the nightly runs on every night', '"01:30"', '"02:30"', 'nightly.time', 'time: "02:30"', '03:00'),
  one(
    'the hour that is missing starts with its first minute',
    '"01:30"',
    '"02:00"',
    'nightly.time',
    '"02:00"',
    'before 02:00',
  ),
  {
    rule: 'clocks that go forward at midnight skip its minutes',
    text: change('"01:30"', '"00:15"', change('America/Chicago', 'Asia/Beirut')),
    path: 'nightly.time',
    line: 'time: "00:15"',
    says: '01:00',
  },
];

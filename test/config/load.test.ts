import { readConfig } from '../../config/load';

test('the environment of the local cloud is sound', () => {
  expect(readConfig({ environment: 'local', directory: 'config' })).toMatchObject({ environment: 'local' });
});

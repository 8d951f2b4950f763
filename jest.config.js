/** One runner for everything. Tests that need root say so with `describeAsRoot` and are counted as skipped without it. */
module.exports = {
  rootDir: __dirname,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.[jt]s$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
  modulePathIgnorePatterns: ['<rootDir>/.muster', '<rootDir>/cdktf.out', '<rootDir>/build'],
  // Of this project's own code: neither what tests share nor a bundle that one of them made.
  coveragePathIgnorePatterns: ['/node_modules/', '<rootDir>/test/', '^(?!<rootDir>/)'],
  // Only a failure takes as long; a loaded machine may.
  testTimeout: 180_000,
  testSequencer: '<rootDir>/scripts/test-sequencer.js',
};

import { architectureOf } from '../../config/rules/architecture';

test.each([
  'm7g.large',
  'c7gn.xlarge',
  'r8gd.large',
  't4g.micro',
  'x2gd.medium',
  'im4gn.large',
  'is4gen.large',
  'a1.metal',
  'g5g.xlarge',
  'hpc7g.16xlarge',
  'i8ge.large',
  'p6e-gb200.36xlarge',
])('%s is arm64', (type) => {
  expect(architectureOf(type)).toBe('arm64');
});

test.each([
  'm7i.large',
  'm7a.large',
  'm8i-flex.large',
  'g4dn.xlarge',
  'g5.xlarge',
  'g6e.2xlarge',
  'gr6.4xlarge',
  't3.micro',
  'c5n.metal',
  'u-6tb1.112xlarge',
  'u7in-16tb.224xlarge',
  'p6-b200.48xlarge',
  'trn1.2xlarge',
])('%s is x86_64', (type) => {
  expect(architectureOf(type)).toBe('x86_64');
});

test.each(['mac1.metal', 'mac2-m2pro.metal'])('%s is a Mac', (type) => {
  expect(architectureOf(type)).toBe('mac');
});

/** Who may import whom. Run by `make check`; test/scripts/dependency-rules.test.ts plants violations. */
const no = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const path = (p) => ({ path: p });
module.exports = {
  forbidden: [
    no(
      'config-imports-nothing-of-ours',
      'config is what we want; everything else reads it',
      path('^config/'),
      {
        path: '^(stacks|lambda|github|actions|clock|local|scripts|simulate|test|provision)/',
      },
    ),
    no(
      'stacks-import-config-and-settings',
      'stacks know the config and the settings that a Lambda or an action reads',
      path('^stacks/'),
      {
        path: '^((lambda|actions)/(?!.*/settings\\.ts$)|github/|clock/|local/|scripts/|simulate/|test/)',
      },
    ),
    no(
      'lambda-stands-alone',
      'a Lambda knows its settings, the clock and the client of GitHub, never the tool that deployed it',
      path('^lambda/'),
      {
        path: '^(stacks|config|actions|local|scripts|simulate|test)/|node_modules/(cdktf|@cdktf|constructs)',
      },
    ),
    no(
      'clock-imports-nothing-of-ours',
      'the clock is shared by all that waits or looks at the time',
      path('^clock/'),
      {
        path: '^(actions|config|stacks|lambda|github|local|scripts|simulate|test)/',
      },
    ),
    no(
      'github-imports-the-clock-alone',
      'the client of GitHub is shared by what runs at AWS and at GitHub',
      path('^github/'),
      {
        path: '^(actions|config|stacks|lambda|local|scripts|simulate|test)/',
      },
    ),
    no(
      'action-stands-alone',
      'an action runs at GitHub, and knows its settings, the clock and the client of GitHub',
      path('^actions/([^/]+)/'),
      {
        path: '^(config|stacks|lambda|local|scripts|simulate|test|actions/(?!$1/))',
      },
    ),
    no(
      'decision-core-is-pure',
      'the core imports itself and the types of its settings: no SDK, clock, environment, file or log',
      path('^lambda/[^/]+/core/'),
      {
        // By path, because the swc parser does not tell type imports from others.
        pathNot: '^lambda/[^/]+/(core/|settings\\.ts$)',
      },
    ),
    no('adapters-stand-alone', 'one adapter never imports another', path('^lambda/scaler/ci/([^/]+)/'), {
      path: '^lambda/scaler/ci/[^/]+/',
      pathNot: '^lambda/scaler/ci/$1/',
    }),
    no(
      'simulate-knows-the-core-alone',
      'a simulation has the decision core and its settings, and nothing of AWS, files or time',
      path('^simulate/'),
      {
        pathNot: '^(simulate/|report/|lambda/scaler/(core/|settings\\.ts$))',
      },
    ),
    no(
      'cdktf-stays-in-stacks',
      'cdktf is archived: what it touches has to stay small',
      { pathNot: '^(stacks/|main\\.ts|test/stacks/|bench/)' },
      {
        path: 'node_modules/(cdktf|@cdktf|constructs)/',
      },
    ),
    no(
      'nobody-imports-the-outside',
      'scripts, local and test are entry points, never libraries',
      { pathNot: '^(scripts|local|test|bench)/' },
      {
        path: '^(scripts|local|test)/',
      },
    ),
    no('no-cycles', 'a cycle hides which part knows which', {}, { circular: true }),
    no(
      'no-orphan-dev-dependency',
      'production code uses dependencies, not devDependencies',
      path('^(clock|config|stacks|lambda|github|actions|report|simulate|scripts|main\\.ts)'),
      {
        dependencyTypes: ['npm-dev'],
      },
    ),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: {
      path: '^(node_modules/(?!cdktf|@cdktf|constructs)|\\.muster|build|cdktf\\.out|coverage|actions/[^/]+/dist)',
    },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default'],
    },
  },
};

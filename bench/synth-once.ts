/** One synthesis, or only loading what it needs; prints seconds since the process began and its peak memory. */
const [, , what] = process.argv;
if (what === 'synthesize') {
  process.env.ENV = 'bench';
  require('../main');
} else {
  require('../stacks/muster-stack');
}
console.log(JSON.stringify({ seconds: performance.now() / 1000, mb: process.resourceUsage().maxRSS / 1024 }));

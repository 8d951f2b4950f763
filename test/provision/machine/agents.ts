/** Stand-in agents, each as small as its test: shell programs laid over the image's circleci-runner. */
const program = (body: string) => ({
  '/usr/bin/circleci-runner': `#!/bin/bash
say() { curl --silent --output /dev/null "http://10.87.0.1:4567/agent/$1"; }
if [[ $1 == --version ]]; then echo stand-in; exit 0; fi
${body}
`,
});

/** Ends at once, as after its idle timeout. */
export const agentThatEnds = program('say ends');

/** Ends well after its idle timeout, as an agent that got no job. */
export const agentThatIdles = program(
  'say idles\nsleep "$(tr --delete s <<<"$CIRCLECI_RUNNER_IDLE_TIMEOUT").5"',
);

/** Waits for jobs that never come; SIGTERM ends it, as the real one. */
export const agentThatWaits = program('trap "say drained; exit 0" TERM\nsay waits\nsleep infinity & wait');

/** Looks alive, takes no job and hears no signal. */
export const agentThatHangs = program('trap "" TERM\nsay hangs\nwhile true; do sleep 1; done');

export const agentThatCannotStart = {
  '/usr/bin/circleci-runner': '#!/bin/bash\necho "no such glibc" >&2\nexit 127\n',
};

/** Runs one job until the file /var/tmp/end-job is there; counts the SIGTERMs it gets, of which the second ends the job; ends after it. */
export const agentWithJob = program(`terms=0
trap 'terms=$((terms + 1)); say "term-$terms"; ((terms < 2)) || kill "$job"' TERM
/usr/lib/muster/job bash -c 'setsid sleep 4242 & until [[ -e /var/tmp/end-job ]]; do sleep 0.2; done' &
job=$!
say job-runs
while kill -0 "$job" 2>/dev/null; do wait "$job"; done
say job-ended`);

/** Ends while its job runs on. */
export const agentThatDiesBesideJob = program(`/usr/lib/muster/job sleep 4242 &
until [[ -e /run/muster/jobs/job ]]; do sleep 0.1; done
say job-runs`);

/** Runs a job for ever and hears no signal. */
export const agentThatHangsWithJob = program(`trap '' TERM
/usr/lib/muster/job sleep 4242 &
say job-runs
while true; do sleep 1; done`);

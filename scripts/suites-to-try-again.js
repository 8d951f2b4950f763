/**
 * Prints the test suites that failed, from jest's JSON files, when another try can tell anything: nothing where many failed, or
 * where a property did. Random situations that show a counterexample are not tried until they show none.
 */
const { isFailed, readSuites } = require('./read-suites');

/** A change that breaks something breaks more; so does a machine that will do no better the next time. */
const MOST = 3;
/** How the messages of fast-check begin. */
const COUNTEREXAMPLE = /^(?:Error: )?Property failed after/;

const failed = [...readSuites(process.argv.slice(2)).values()].filter(isFailed);
const messages = failed.flatMap(({ assertionResults }) =>
  assertionResults.flatMap(({ failureMessages }) => failureMessages),
);
if (failed.length <= MOST && !messages.some((message) => COUNTEREXAMPLE.test(message)))
  for (const { name } of failed) console.log(name);

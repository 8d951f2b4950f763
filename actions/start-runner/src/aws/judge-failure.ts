/**
 * What RunTask says when it starts nothing, with 200 and `failures` or as an error
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html).
 */

/** Another mode, or the same one later, may have what this one lacks. */
const CAPACITY = [
  /^RESOURCE:/i,
  /^AGENT$/i,
  /capacity is unavailable/i,
  /EMPTY CAPACITY PROVIDER/i,
  /NO ACTIVE INSTANCES/i,
  /^LOCATION/i,
  // Fargate's quotas, and that of tasks that wait for hosts.
  /reached the limit on the number of/i,
  /limit .*provisioning|provisioning .*limit/i,
  /concurrent tasks limit/i,
];

export const isCapacity = (said: string): boolean => CAPACITY.some((known) => known.test(said.trim()));

export function toRunTaskRemedy(said: string, family: string): string {
  if (/inactive|not found|unable to describe task definition/i.test(said) && /task ?definition/i.test(said))
    return `Task definition ${family} is not (any more) what was deployed: run make deploy.`;
  if (/capacity provider/i.test(said))
    return 'The cluster does not have this capacity provider: run make deploy, or leave the mode out of the input modes.';
  if (/cluster/i.test(said)) return 'The cluster is not (any more) what was deployed: run make deploy.';
  if (/subnet|security group/i.test(said))
    return 'The network of the tasks is not (any more) what was deployed: run make deploy.';
  if (/ATTRIBUTE/i.test(said))
    return 'The hosts lack what the task definition asks for, such as the architecture: compare githubEcs.hosts.image with githubEcs.image, and run make deploy.';
  return 'Run make diff for the environment, and make deploy if it shows a change.';
}

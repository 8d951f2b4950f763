/** Addresses in the console of AWS. Their form is not documented: it is what the console itself shows. */
import type { Config } from '../../config/schema';

const DOMAINS: [prefix: string, domain: string][] = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
];

export function buildConsoleLinks({ region }: Config['aws']) {
  const domain = DOMAINS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'console.aws.amazon.com';
  const page = (service: string, rest: string) => `https://${domain}/${service}?region=${region}${rest}`;
  return {
    /** Lines of a log in which a field of the JSON is a text. */
    log: (group: string, field: string, text: string) =>
      page(
        'cloudwatch/home',
        `#logsV2:log-groups/log-group/${escapeTwice(group)}/log-events$3FfilterPattern$3D${escapeTwice(`{ $.${field} = "${text}" }`)}`,
      ),
    alarm: (name: string) => page('cloudwatch/home', `#alarmsV2:alarm/${name}`),
    /** What Auto Scaling did, and why it could not. */
    group: (name: string) => page('ec2/home', `#AutoScalingGroupDetails:id=${name};view=activity`),
    cluster: (name: string) => page(`ecs/v2/clusters/${name}/tasks`, ''),
  };
}
export type ConsoleLinks = ReturnType<typeof buildConsoleLinks>;

/** As the console wants what stands behind its #: percent signs are dollars, because browsers undo the former. */
const escapeTwice = (text: string) => encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');

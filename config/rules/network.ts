/** The network can carry what is asked of it. */
import type { Problem } from '../problem';
import { overlap, parseRange, toAddress } from './ipv4';
import type { Rule } from './rule';

/** stacks/network cuts the range into 16 blocks: one per zone for instances, the rest for NAT gateways. */
const BLOCKS = 16;
/** AWS keeps the first four addresses and the last of every subnet. */
const RESERVED = 5;
/** Interface endpoints that private subnets without NAT get, an address in each subnet. */
const ENDPOINTS = 5;
/** Docker's default bridge: an instance with an address in this range cannot tell the VPC from its containers. */
const DOCKER = { first: 172 * 2 ** 24 + 17 * 2 ** 16, size: 2 ** 16, prefix: 16 };

const FORBIDDEN = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'];

export const rangeIsSound: Rule = ({ network, fleets, githubEcs }) => {
  if (network?.kind !== 'new' || network.cidr === undefined) return [];
  const say = (wrong: string, remedy: string): Problem[] => [{ path: ['network', 'cidr'], wrong, remedy }];
  const { cidr } = network;
  const range = parseRange(cidr);
  if (!range) return say(`${cidr} is no IPv4 range`, 'use one such as 10.0.0.0/16');
  if (range.prefix < 16)
    return say(`${cidr} is more than a VPC can have`, 'use /16 or a smaller range (/17 to /24)');
  if (range.prefix > 24) {
    return say(
      `${cidr} is too small: it is cut into 16 subnets, and AWS needs /28 for each`,
      'use /24 or larger',
    );
  }
  if (range.address !== range.first) {
    return say(
      `${cidr} does not start at the beginning of its range`,
      `did you mean ${toAddress(range.first)}/${range.prefix}?`,
    );
  }
  if (FORBIDDEN.some((text) => overlap(range, parseRange(text) ?? range))) {
    return say(
      `${cidr} is not for use in a network`,
      'use a private range: in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16',
    );
  }
  const hasDocker = githubEcs?.hosts || fleets?.some((fleet) => fleet?.docker && fleet.docker !== 'none');
  if (overlap(range, DOCKER) && hasDocker) {
    return say(
      `${cidr} overlaps 172.17.0.0/16, the range of Docker's own network on instances`,
      'use another range',
    );
  }
  return [];
};

export const rangeHoldsTheFleets: Rule = ({ network, fleets, githubEcs }) => {
  if (network?.kind !== 'new' || !network.cidr || !network.zones) return [];
  const range = parseRange(network.cidr);
  // Outside these bounds the range has a problem of its own.
  if (!range || range.prefix < 16 || range.prefix > 24) return [];
  const taken = RESERVED + (network.subnets === 'private' && network.nat === 'none' ? ENDPOINTS : 0);
  const room = network.zones * (range.size / BLOCKS - taken);
  const hosts = githubEcs?.hosts?.max ?? 0;
  const most = (fleets ?? []).reduce((sum, fleet) => sum + (fleet?.max ?? 0), hosts);
  if (most <= room) return [];
  return [
    {
      path: ['network', 'cidr'],
      wrong: `${network.cidr} over ${network.zones} zones has ${room} addresses for instances, the fleets${hosts > 0 ? ' and hosts' : ''} may need ${most}`,
      remedy: 'use a larger range or more zones, or lower the max of fleets',
    },
  ];
};

export const instancesHaveAWayOut: Rule = ({ network, organization }) => {
  if (network?.kind !== 'new' || network.subnets === undefined || network.nat === undefined) return [];
  const path = ['network', 'nat'];
  if (network.subnets === 'public' && network.nat !== 'none') {
    return [
      {
        path,
        wrong: `nat is ${network.nat}, but public subnets use none`,
        remedy: 'set subnets: private, or nat: none',
      },
    ];
  }
  if (network.subnets === 'public' || network.nat !== 'none' || !organization) return [];
  // A proxy that the schema refused is there, too.
  if ('proxy' in organization) return [];
  return [
    {
      path,
      wrong: 'private subnets without NAT have no way to the CI, nor have jobs to what they download',
      remedy: 'set nat: one (or per-zone), or organization.proxy',
    },
  ];
};

/** A Lambda has no public address, whatever the subnet gives to instances. */
export const scalerHasAWayOut: Rule = ({ network, scaler }) => {
  if (!scaler?.inVpc) return [];
  const isPublic =
    network?.kind === 'existing' ? network.publicIp : network?.kind === 'new' && network.subnets === 'public';
  if (!isPublic) return [];
  return [
    {
      path: ['scaler', 'inVpc'],
      wrong: 'the scaler would run in public subnets, where a Lambda reaches neither AWS nor the internet',
      remedy:
        network?.kind === 'existing'
          ? 'use private subnets with NAT (and publicIp: false), or set inVpc: false'
          : 'set network.subnets: private and network.nat: one, or inVpc: false',
    },
  ];
};

export const subnetsDiffer: Rule = ({ network }) =>
  network?.kind === 'existing'
    ? (network.subnetIds ?? []).flatMap((id, index, all) =>
        id !== undefined && all.indexOf(id) < index
          ? [{ path: ['network', 'subnetIds', index], wrong: `${id} is there twice`, remedy: 'remove one' }]
          : [],
      )
    : [];

/** It has no proxy either: a network without NAT serves a CI inside it only. */
export const scalerReachesTheCi: Rule = ({ network, scaler, accounts }) => {
  if (!scaler?.inVpc || network?.kind !== 'new' || network.subnets !== 'private' || network.nat !== 'none')
    return [];
  return Object.entries(accounts ?? {}).flatMap(([name, account]) =>
    /^https:\/\/([^/]+\.)?(circleci|gitlab)\.com(\/|$)/.test(account?.baseUrl ?? '')
      ? [
          {
            path: ['scaler', 'inVpc'],
            wrong: `the scaler could not reach ${account?.baseUrl} (account ${name}) from a network without NAT`,
            remedy: 'set inVpc: false, or network.nat: one',
          },
        ]
      : [],
  );
};

import type { AccountConfig, FleetConfig } from '../../config/schema';
import type { BootEnvironment } from '../boot-environment';

type NomadEnvironment = Pick<BootEnvironment, Extract<keyof BootEnvironment, `MUSTER_NOMAD_${string}`>>;

/** Of an instance that is no client of Nomad. */
export const NO_NOMAD: NomadEnvironment = {
  MUSTER_NOMAD_REGION: '',
  MUSTER_NOMAD_DATACENTER: '',
  MUSTER_NOMAD_CLASS: '',
  MUSTER_NOMAD_RAW_EXEC: '',
};

/** What only a client of Nomad needs to know; empty elsewhere. */
export function toNomadEnvironment(account: AccountConfig, { nomad }: FleetConfig): NomadEnvironment {
  if (!nomad || account.ci !== 'nomad') return NO_NOMAD;
  return {
    MUSTER_NOMAD_REGION: account.region,
    MUSTER_NOMAD_DATACENTER: nomad.datacenter,
    MUSTER_NOMAD_CLASS: nomad.nodeClass ?? '',
    MUSTER_NOMAD_RAW_EXEC: nomad.rawExec ? 'true' : 'false',
  };
}

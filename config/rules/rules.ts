/** Every rule that a config has to keep. */
import * as accounts from './accounts';
import * as architecture from './architecture';
import * as arns from './arns';
import * as fleets from './fleets';
import * as hours from './hours';
import * as network from './network';
import * as references from './references';
import type { Rule } from './rule';
import * as tags from './tags';

export const rules: readonly Rule[] = [
  references.imagesAreKnown,
  references.accountsAreKnown,
  references.imagesHaveTheAgent,
  references.imagesHaveDocker,
  references.disksHoldTheImage,
  references.basesAreOfTheirOwner,
  architecture.instanceTypesFitTheImage,
  architecture.instanceTypesDiffer,
  fleets.fleetNamesDiffer,
  fleets.queuesDiffer,
  fleets.warmFitsMax,
  fleets.warmFitsConcurrency,
  fleets.namesFitAws,
  hours.timeZonesAreKnown,
  hours.openingTimesAreSound,
  hours.fleetsOpenAtSomeTime,
  hours.holidaysAreDates,
  accounts.baseUrlsAreSound,
  network.rangeIsSound,
  network.rangeHoldsTheFleets,
  network.subnetsDiffer,
  network.instancesHaveAWayOut,
  network.scalerHasAWayOut,
  network.scalerReachesTheCi,
  arns.keysAreInTheirRegion,
  arns.boundaryIsInTheAccount,
  arns.arnsAreOfThePartition,
  tags.tagsAreSound,
  tags.tagKeysDifferInMoreThanCase,
  tags.tagsAreFewEnough,
];

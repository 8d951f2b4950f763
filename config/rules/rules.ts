/** Every rule that a config has to keep. */
import * as accounts from './accounts';
import * as architecture from './architecture';
import * as arns from './arns';
import * as ci from './ci';
import * as fleets from './fleets';
import * as github from './github';
import * as hosts from './github-hosts';
import * as tasks from './github-tasks';
import * as hours from './hours';
import * as images from './images';
import * as network from './network';
import * as nightly from './nightly';
import * as nomad from './nomad';
import * as references from './references';
import type { Rule } from './rule';
import * as tags from './tags';
import * as warm from './warm';

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
  fleets.fleetNamesAreFree,
  fleets.queuesDiffer,
  fleets.namesFitAws,
  ci.resourceClassesAreOfCircleci,
  ci.gitlabIsOfGitlab,
  ci.nomadIsOfNomad,
  ci.gitlabFleetsServeSomething,
  ci.gitlabPathsDiffer,
  ci.dockerExecutorsHaveDocker,
  ci.runnersDiffer,
  ci.manyJobsAreOfGitlab,
  ci.jobsShareInstancesThatServeMany,
  nomad.nomadServesManyJobs,
  nomad.nomadHasNoRootlessDocker,
  nomad.nomadPoolsCanHaveNodes,
  nomad.nomadNamespacesDiffer,
  nomad.nomadPoolsDiffer,
  nomad.fixedSizesAreSizes,
  nomad.nomadAddressesHaveNoApi,
  github.somethingRuns,
  github.fleetsHaveAQueue,
  github.githubAccountIsOfGithub,
  github.repositorySizesAreKnown,
  github.repositoriesAdmitJobs,
  github.repositoryNamesDiffer,
  github.repositoryListsDiffer,
  github.repositoryNamesFit,
  github.repositoryNamesAreFree,
  github.githubAddressesAreOfTheApi,
  tasks.fargateHasTheSizes,
  hosts.ec2HasHosts,
  hosts.hostsHaveAnImage,
  hosts.hostsFitTheirImage,
  hosts.hostTypesDiffer,
  hosts.jobsOfHostsEndInTime,
  tasks.tasksHaveAWayOut,
  warm.warmFitsMax,
  warm.warmFitsConcurrency,
  warm.warmZonesAreKnown,
  warm.warmHoursAreSound,
  warm.warmInstancesLookIdle,
  warm.warmPoolsArePossible,
  images.sharedImagesHaveAKey,
  images.imagesAreSharedWithOthers,
  images.imagesAreCopiedElsewhere,
  nightly.nightlyZoneIsKnown,
  nightly.nightlyImagesAreKnown,
  nightly.nightlyRunsEveryNight,
  hours.timeZonesAreKnown,
  hours.openingTimesAreSound,
  hours.fleetsOpenAtSomeTime,
  hours.holidaysAreDates,
  accounts.baseUrlsAreSound,
  accounts.gitlabAddressesHaveNoApi,
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

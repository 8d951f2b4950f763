/**
 * Which images ECR removes by itself. It knows no promoted one: that stays as long as it is among the newest, which a
 * roll back followed by `keep` pushes that are not promoted would end. A tag that moves with the promotion would tell, but
 * tags here never move (and the provider, 5.100, has no exception for one); a tag for each promotion would not: of those
 * promoted, ECR counts by the push, so that an old image promoted again is the first to go.
 */
import type { GithubEcsConfig } from '../../config/schema';

export const toLifecyclePolicy = ({ keep }: GithubEcsConfig['image']) => ({
  rules: [
    {
      rulePriority: 1,
      description: 'Pushes that got no tag',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: `All but the newest ${keep}`,
      selection: {
        tagStatus: 'tagged',
        tagPatternList: ['*'],
        countType: 'imageCountMoreThan',
        countNumber: keep,
      },
      action: { type: 'expire' },
    },
  ],
});

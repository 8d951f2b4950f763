/** Who vouches for the jobs of GitHub. An AWS account can have one provider for each issuer, so it may be somebody else's. */
import { DataAwsIamOpenidConnectProvider } from '@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider';
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { Construct } from 'constructs';
import type { GithubEcsConfig } from '../../config/schema';
import { AUDIENCE } from './to-trust';

export class IdentityProvider extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { issuer, oidcProvider }: GithubEcsConfig) {
    super(scope, id);
    const url = `https://${issuer}`;
    // Without thumbprints: AWS checks GitHub's certificate against its own list of authorities.
    this.arn =
      oidcProvider === 'create'
        ? new IamOpenidConnectProvider(this, 'provider', { url, clientIdList: [AUDIENCE] }).arn
        : new DataAwsIamOpenidConnectProvider(this, 'existing', {
            url,
            lifecycle: {
              postcondition: [
                {
                  condition: `\${contains(self.client_id_list, "${AUDIENCE}")}`,
                  errorMessage: `The identity provider of ${url} takes no tokens for ${AUDIENCE}. Add the audience: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn \${self.arn} --client-id ${AUDIENCE}`,
                },
              ],
            },
          }).arn;
  }
}

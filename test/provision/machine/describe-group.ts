/** The answer to DescribeAutoScalingGroups, as AWS writes it. */

export interface Group {
  instances: { id: string; state?: string; isProtected?: boolean }[];
  tags: Record<string, string>;
  /** Its desired capacity; as many as there are instances when left out, none told when null. */
  desired?: number | null;
}

const escapeXml = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

/** Whitespace included. */
export const toXml = ({
  instances,
  tags,
  desired = instances.length,
}: Group) => `<DescribeAutoScalingGroupsResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
  <DescribeAutoScalingGroupsResult>
    <AutoScalingGroups>
      <member>
        <AutoScalingGroupName>muster-test-linux</AutoScalingGroupName>
        <MinSize>0</MinSize>${desired === null ? '' : `<DesiredCapacity>${desired}</DesiredCapacity>`}
        <LoadBalancerNames/>
        <Instances>${instances
          .map(
            ({ id, state = 'InService', isProtected = false }) => `
          <member>
            <LaunchTemplate>
              <LaunchTemplateName>muster-test-linux</LaunchTemplateName>
              <Version>3</Version>
            </LaunchTemplate>
            <LifecycleState>${state}</LifecycleState>
            <InstanceId>${id}</InstanceId>
            <HealthStatus>Healthy</HealthStatus>
            <ProtectedFromScaleIn>${isProtected}</ProtectedFromScaleIn>
          </member>`,
          )
          .join('')}
        </Instances>
        <Tags>${Object.entries(tags)
          .map(
            ([key, value]) => `
          <member>
            <ResourceId>muster-test-linux</ResourceId>
            <PropagateAtLaunch>false</PropagateAtLaunch>
            <Value>${escapeXml(value)}</Value>
            <Key>${escapeXml(key)}</Key>
            <ResourceType>auto-scaling-group</ResourceType>
          </member>`,
          )
          .join('')}
        </Tags>
        <EnabledMetrics/>
      </member>
    </AutoScalingGroups>
  </DescribeAutoScalingGroupsResult>
</DescribeAutoScalingGroupsResponse>
`;

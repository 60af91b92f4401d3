import { Anchor, Skeleton, Stack, Tabs } from '@mantine/core';
import { Link, useNavigate, useParams } from 'react-router';
import { ReadableBadge } from '../../../shared/badges';
import { PageHeader } from '../../../shared/page-header';
import { ProblemAlert } from '../../../shared/problem-alert';
import { MemberTimeline } from '../../../shared/timeline/timeline';
import { texts } from '../../../texts';
import { tabOf } from '../../choice-of';
import { useMay } from '../../session';
import { DoorAccessTab } from './door-access-tab';
import { ExplainTab } from './explain-tab';
import { nameOf, useMember } from './member';
import { ProfileTab } from './profile-tab';

const t = texts.members;
const TABS = {
  profile: 'profile',
  doorAccess: 'door-access',
  timeline: 'timeline',
  explain: 'explain',
} as const;

/** Loaded by the router. */
export function Component() {
  const { memberId = '', tab } = useParams();
  const navigate = useNavigate();
  const maySeeAll = useMay('admin', 'operator');
  const forAll = maySeeAll ? ([TABS.timeline, TABS.explain] as const) : [];
  const { data: member, error } = useMember(memberId);
  if (!member) {
    return (
      <Stack align="flex-start">
        <PageHeader title={memberId} />
        {error === null ? <Skeleton height={200} /> : <ProblemAlert error={error} />}
        <Anchor component={Link} to="/members">
          {t.gone}
        </Anchor>
      </Stack>
    );
  }
  return (
    <>
      <PageHeader title={nameOf(member)} text={member.email}>
        {member.hold && <ReadableBadge color="orange">{t.onHold}</ReadableBadge>}
      </PageHeader>
      <Tabs
        value={tabOf(tab, [TABS.profile, TABS.doorAccess, ...forAll])}
        keepMounted={false}
        onChange={(value) => {
          void navigate(`/members/${memberId}/${value ?? TABS.profile}`, {
            preventScrollReset: true,
          });
        }}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value={TABS.profile}>{t.tabs.profile}</Tabs.Tab>
          <Tabs.Tab value={TABS.doorAccess}>{t.tabs.doorAccess}</Tabs.Tab>
          {maySeeAll && <Tabs.Tab value={TABS.timeline}>{texts.timeline.tab}</Tabs.Tab>}
          {maySeeAll && <Tabs.Tab value={TABS.explain}>{t.tabs.explain}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value={TABS.profile}>
          <ProfileTab member={member} />
        </Tabs.Panel>
        <Tabs.Panel value={TABS.doorAccess}>
          <DoorAccessTab member={member} />
        </Tabs.Panel>
        {maySeeAll && (
          <Tabs.Panel value={TABS.timeline}>
            <MemberTimeline memberId={memberId} />
          </Tabs.Panel>
        )}
        {maySeeAll && (
          <Tabs.Panel value={TABS.explain}>
            <ExplainTab member={member} />
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}

import {
  ActionIcon,
  Anchor,
  AppShell,
  Burger,
  Button,
  Center,
  Group,
  Loader,
  NavLink,
  Stack,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconApi,
  IconBook,
  IconCalendarEvent,
  IconDoor,
  IconId,
  IconKey,
  IconLayoutDashboard,
  IconLockAccess,
  IconMoon,
  IconPlugConnected,
  IconReceipt,
  IconSun,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { useEffect } from 'react';
import { Link, Navigate, Outlet, useLocation, useNavigate } from 'react-router';
import { ProblemAlert } from '../shared/problem-alert';
import { texts } from '../texts';
import { PageChange } from './page-change';
import { useSessionQuery, useSignOut, type Session } from './session';
import classes from './shell.module.css';
import { takeWayBack } from './way-back';

const t = texts.shell;
const HEADER_HEIGHT = 56;
const NAVBAR_WIDTH = 240;
const CONTENT_ID = 'content';

/** What is around every page of the console; sends whoever is not signed in to the sign-in page. */
export function Shell() {
  const { data: session, error } = useSessionQuery();
  const location = useLocation();
  const [isOpen, menu] = useDisclosure();
  const isIn = session !== undefined && !('out' in session);
  useWayBack(isIn);
  if (session !== undefined && !isIn) {
    // Whoever has left does not ask the next one to go on where they were.
    const from = session.out === 'left' ? '/' : location.pathname + location.search + location.hash;
    return <Navigate to="/sign-in" replace state={{ from }} />;
  }
  if (session === undefined) {
    return (
      <Center mih="100dvh" p="md">
        {error ? <ProblemAlert error={error} /> : <Loader aria-label={texts.common.loading} />}
      </Center>
    );
  }
  return (
    <AppShell
      header={{ height: HEADER_HEIGHT }}
      navbar={{ width: NAVBAR_WIDTH, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <PageChange contentId={CONTENT_ID} />
      <a href={`#${CONTENT_ID}`} className={classes.skip}>
        {t.skipToContent}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t.menu}
              aria-expanded={isOpen}
            />
            <Anchor component={Link} to="/" underline="never" c="inherit">
              <Group gap="xs" wrap="nowrap">
                <img src="/icon.svg" alt="" width={28} height={28} />
                <Text fw={700}>{t.product}</Text>
              </Group>
            </Anchor>
          </Group>
          <Person session={session} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t.navigation}>
        <Navigation session={session} onGo={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main id={CONTENT_ID} tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

/** After an identity provider's page: to the address that was wanted before. */
function useWayBack(isIn: boolean): void {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  useEffect(() => {
    const address = isIn ? takeWayBack() : null;
    // The provider's answer leads to the overview; whoever came elsewhere by themselves wants that.
    if (address !== null && pathname === '/') void navigate(address, { replace: true });
  }, [isIn, pathname, navigate]);
}

function Person({ session }: { session: Session }) {
  const signOut = useSignOut();
  const { locationIds } = session;
  return (
    <Group gap="xs" wrap="nowrap">
      <Stack gap={0} visibleFrom="sm" ta="right">
        <Text size="sm">{t.signedInAs(session.name)}</Text>
        {locationIds && (
          <Text size="xs" c="dimmed">
            {t.onlyLocations(locationIds.length)}
          </Text>
        )}
      </Stack>
      <ThemeButton />
      <Button
        variant="default"
        size="xs"
        loading={signOut.isPending}
        onClick={() => {
          signOut.mutate();
        }}
      >
        {t.signOut}
      </Button>
    </Group>
  );
}

function ThemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={isDark ? t.theme.toLight : t.theme.toDark}
      onClick={() => {
        setColorScheme(isDark ? 'light' : 'dark');
      }}
    >
      {isDark ? <IconSun size={18} /> : <IconMoon size={18} />}
    </ActionIcon>
  );
}

interface Place {
  readonly to: string;
  /** Whose place it is; default: everybody's. */
  readonly scopes?: readonly Session['scopes'][number][];
  /** Refused to whoever is limited to some locations. */
  readonly isForAllLocations?: boolean;
  readonly label: string;
  readonly icon: Icon;
}

const PLACES: readonly Place[] = [
  { to: '/', label: t.nav.overview, icon: IconLayoutDashboard },
  { to: '/members', label: t.nav.members, icon: IconUsers },
  { to: '/grants', label: t.nav.grants, icon: IconLockAccess },
  { to: '/bookings', label: t.nav.bookings, icon: IconCalendarEvent },
  { to: '/memberships', label: t.nav.memberships, icon: IconId },
  { to: '/plans', label: t.nav.plans, icon: IconReceipt },
  { to: '/door-mappings', label: t.nav.doorMappings, icon: IconDoor },
];
const SETTINGS: readonly Place[] = [
  {
    to: '/settings/integrations',
    label: t.nav.integrations,
    icon: IconPlugConnected,
    scopes: ['admin', 'operator'],
  },
  // Keys of the whole installation.
  {
    to: '/settings/api-keys',
    label: t.nav.apiKeys,
    icon: IconKey,
    scopes: ['admin', 'operator'],
    isForAllLocations: true,
  },
];
const HELP: readonly Place[] = [{ to: '/guide', label: t.nav.guide, icon: IconBook }];

function Navigation({ session, onGo }: { session: Session; onGo: () => void }) {
  const settings = SETTINGS.filter(
    ({ scopes, isForAllLocations }) =>
      (scopes === undefined || scopes.some((scope) => session.scopes.includes(scope))) &&
      (isForAllLocations !== true || session.locationIds === null),
  );
  return (
    <>
      {PLACES.map((place) => (
        <PlaceLink key={place.to} place={place} onGo={onGo} />
      ))}
      {settings.length > 0 && (
        <Text size="xs" fw={700} tt="uppercase" mt="md" mb={4} px="sm">
          {t.nav.settings}
        </Text>
      )}
      {settings.map((place) => (
        <PlaceLink key={place.to} place={place} onGo={onGo} />
      ))}
      <Stack gap={0} mt="auto">
        {HELP.map((place) => (
          <PlaceLink key={place.to} place={place} onGo={onGo} />
        ))}
        <NavLink
          href="/docs/"
          label={t.nav.apiDocs}
          leftSection={<IconApi size={18} aria-hidden />}
        />
      </Stack>
    </>
  );
}

function PlaceLink({ place, onGo }: { place: Place; onGo: () => void }) {
  const { pathname } = useLocation();
  const isHere = pathname === place.to || pathname.startsWith(`${place.to}/`);
  return (
    <NavLink
      component={Link}
      to={place.to}
      label={place.label}
      leftSection={<place.icon size={18} aria-hidden />}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      onClick={onGo}
    />
  );
}

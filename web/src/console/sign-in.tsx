import {
  Alert,
  Button,
  Container,
  Divider,
  Paper,
  PasswordInput,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { Navigate, useLocation, useSearchParams } from 'react-router';
import { ProblemAlert } from '../shared/problem-alert';
import { texts } from '../texts';
import { useSessionQuery, useSignIn, useSignInMethods } from './session';
import { keepWayBack } from './way-back';

const t = texts.shell.signIn;

/** Where whoever is not signed in is sent, and goes on from to where they were. */
export function SignInPage() {
  useDocumentTitle(t.title);
  const { data: session } = useSessionQuery();
  const location = useLocation();
  const from = (location.state as { from?: string } | null)?.from ?? '/';
  if (session && !('out' in session)) return <Navigate to={from} replace />;
  return (
    // From the top, not in the middle: what comes later moves nothing that is there.
    <Container component="main" size={472} pt="12dvh" pb="md">
      <Paper withBorder p="xl">
        <Stack>
          <div>
            <Title order={1} size="h2">
              {t.title}
            </Title>
            <Text c="dimmed">{t.lead}</Text>
          </div>
          {session?.out === 'ended' && <Alert>{t.ended}</Alert>}
          <ProviderRefusal />
          <KeyForm />
          <ProviderButton from={from} />
        </Stack>
      </Paper>
    </Container>
  );
}

function KeyForm() {
  const signIn = useSignIn();
  const form = useForm({ initialValues: { apiKey: '' } });
  return (
    <form
      onSubmit={form.onSubmit(({ apiKey }) => {
        signIn.mutate(apiKey.trim());
      })}
    >
      <Stack>
        <ProblemAlert error={signIn.error} />
        <PasswordInput
          label={t.apiKey}
          description={t.apiKeyHelp}
          autoComplete="current-password"
          required
          {...form.getInputProps('apiKey')}
        />
        <Button type="submit" loading={signIn.isPending}>
          {t.submit}
        </Button>
      </Stack>
    </form>
  );
}

/** Where an identity provider is set up, people sign in there. */
function ProviderButton({ from }: { from: string }) {
  const provider = useSignInMethods()?.oidc;
  if (!provider) return null;
  return (
    <>
      <Divider label={t.or} />
      <Button
        component="a"
        href={provider.startUrl}
        variant="default"
        onClick={() => {
          if (from !== '/') keepWayBack(from);
        }}
      >
        {t.oidc}
      </Button>
    </>
  );
}

/** Why the identity provider's sign-in came to nothing: the API sends the browser here with a code. */
function ProviderRefusal() {
  const [search] = useSearchParams();
  const code = search.get('problem');
  if (code === null) return null;
  const byCode: Readonly<Record<string, string>> = t.failed.byCode;
  return (
    <Alert color="red" variant="light" role="alert" title={t.failed.title}>
      {byCode[code] ?? t.failed.unknown}
    </Alert>
  );
}

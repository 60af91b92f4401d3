import { Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import { PageHeader } from '../../../shared/page-header';
import { ProblemAlert } from '../../../shared/problem-alert';
import { GuideLink } from '../../../shared/guide-link';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import { ConnectionCard } from './connection-card';
import { DraftCard } from './draft-card';
import { KisiCard } from './kisi-card';
import { useIntegrations } from '../../../api/integrations';
import { useDraft } from './draft';

const t = texts.integrations;
const CARD_HEIGHT = 220;

/** Loaded by the router: what can be added, and the connections that were. */
export function Component() {
  const { data: integrations, error } = useIntegrations();
  const mayChange = useMayEverywhere('admin');
  const [draft, setDraft] = useDraft();
  return (
    <>
      <PageHeader title={t.title} text={t.text}>
        <GuideLink section="connectKisi" />
      </PageHeader>
      <Stack gap="xl" maw={860}>
        {mayChange && (
          <Stack component="section" aria-labelledby="available" gap="sm">
            <Title order={2} size="h4" id="available">
              {t.available}
            </Title>
            <KisiCard text={draft ? t.kisi.addedBelow : t.kisi.about}>
              <Button
                disabled={draft !== null}
                onClick={() => {
                  setDraft({ locationIds: [] });
                }}
              >
                {t.add}
              </Button>
            </KisiCard>
          </Stack>
        )}
        <Stack component="section" aria-labelledby="added" gap="sm">
          <Title order={2} size="h4" id="added">
            {t.added}
          </Title>
          <ProblemAlert error={error} />
          {mayChange && draft !== null && <DraftCard draft={draft} onChange={setDraft} />}
          {integrations?.map((integration) => (
            <ConnectionCard key={integration.id} integration={integration} />
          ))}
          {integrations === undefined && error === null && <Skeleton height={CARD_HEIGHT} />}
          {integrations?.length === 0 && draft === null && <Text>{t.none}</Text>}
        </Stack>
      </Stack>
    </>
  );
}

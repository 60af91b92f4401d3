import { Alert, Button, Collapse, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconCircleCheckFilled } from '@tabler/icons-react';
import type { Of } from '../../../api/client';
import { useIntegrations, type Integration } from '../../../api/integrations';
import { texts } from '../../../texts';
import { misfitOf } from './key-misfit';

type Test = Of<'ConnectionTest'>;

const t = texts.integrations.test;

/** Whose key it is and what it may do: a green check and the organization, or what is lacking. */
export function TestResult({
  test,
  integration,
}: {
  test: Test;
  /** Whose key it is to be; `null`: one that is not saved yet. */
  integration: Integration | null;
}) {
  const { ok, organization, keyOwner, rights } = test;
  const { data: integrations = [] } = useIntegrations();
  const misfit = misfitOf(test, integration, integrations);
  const isGood = ok && misfit === null;
  const title = ok ? t.works(organization.name) : t.lacks(organization.name);
  return (
    <Alert
      role="status"
      color={isGood ? 'green' : 'yellow'}
      icon={isGood ? <IconCircleCheckFilled aria-hidden /> : <IconAlertTriangle aria-hidden />}
      title={misfit === null ? title : t.misfits[misfit].title}
    >
      <Stack gap="xs" align="flex-start">
        {misfit !== null && (
          <Text size="sm">
            {t.misfits[misfit].text(organization.name, integration?.organization.name ?? '')}
          </Text>
        )}
        <Text size="sm">
          {keyOwner.isOrganizationOwner ? t.owner(keyOwner.name) : t.notOwner(keyOwner.name)}
        </Text>
        {!ok && <Text size="sm">{texts.integrations.settingsDialog.ownerHint}</Text>}
        <Text size="sm">{t.rights(rights.filter((right) => right.ok).length, rights.length)}</Text>
        <Rights rights={rights} startsOpen={!ok} />
      </Stack>
    </Alert>
  );
}

function Rights({ rights, startsOpen }: Pick<Test, 'rights'> & { startsOpen: boolean }) {
  const [isOpen, { toggle }] = useDisclosure(startsOpen);
  return (
    <>
      <Button size="compact-sm" variant="default" aria-expanded={isOpen} onClick={toggle}>
        {isOpen ? t.hideRights : t.showRights}
      </Button>
      <Collapse expanded={isOpen} w="100%">
        <Table aria-label={t.rightsTable} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.right}</Table.Th>
              <Table.Th scope="col">{t.result}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rights.map(({ right, ok, how, remedy }) => (
              <Table.Tr key={right}>
                <Table.Td style={{ verticalAlign: 'top' }}>
                  <code>{right}</code>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" fw={ok ? 400 : 700}>
                    {ok ? t.has : t.lacking} ({t.how[how]})
                  </Text>
                  {remedy !== null && <Text size="sm">{remedy}</Text>}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Collapse>
    </>
  );
}

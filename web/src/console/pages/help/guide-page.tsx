import { Anchor, Flex, List, Text } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useEffect } from 'react';
import { Link, useLocation, useParams } from 'react-router';
import { guideAddress } from '../../../shared/guide-link';
import { GUIDE_ANCHORS, type GuideSection } from '../../../shared/guide-sections';
import { texts } from '../../../texts';
import { NotFoundPage } from '../../not-found';
import { DocumentText } from './document-text';
import { DOCUMENTS, GUIDE, type GuideDocument } from './documents';

const t = texts.help;
const SECTIONS = Object.keys(GUIDE_ANCHORS) as GuideSection[];

/** Loaded by the router. */
export function Component() {
  const { document: name } = useParams();
  const path = name === undefined ? GUIDE.path : `${GUIDE.path}/${name}`;
  const shown = DOCUMENTS.find((one) => one.path === path);
  return shown === undefined ? <NotFoundPage /> : <DocumentPage shown={shown} />;
}

function DocumentPage({ shown }: { shown: GuideDocument }) {
  useDocumentTitle(`${shown.title} · ${texts.shell.product}`);
  useScrollToAnchor(shown.path);
  return (
    <Flex direction={{ base: 'column', lg: 'row-reverse' }} gap="xl" justify="flex-end">
      <nav aria-label={t.contents}>
        {shown === GUIDE && (
          <>
            <Text fw={700} size="sm" mb="xs">
              {t.contents}
            </Text>
            <List listStyleType="none" size="sm" mb="md" spacing={4}>
              {SECTIONS.map((section) => (
                <List.Item key={section}>
                  <Anchor component={Link} to={guideAddress(section)} size="sm">
                    {t.sections[section]}
                  </Anchor>
                </List.Item>
              ))}
            </List>
          </>
        )}
        <Text fw={700} size="sm" mb="xs">
          {t.documents}
        </Text>
        <List listStyleType="none" size="sm" spacing={4}>
          {DOCUMENTS.map(({ path, title }) => (
            <List.Item key={path}>
              <Anchor
                component={Link}
                to={path}
                size="sm"
                aria-current={path === shown.path ? 'page' : undefined}
              >
                {title}
              </Anchor>
            </List.Item>
          ))}
        </List>
      </nav>
      <DocumentText text={shown.text} />
    </Flex>
  );
}

/** The browser does this by itself only where the text is there before the address is. */
function useScrollToAnchor(path: string): void {
  const { hash } = useLocation();
  useEffect(() => {
    const heading = hash === '' ? null : document.getElementById(decodeURIComponent(hash.slice(1)));
    if (heading === null) return;
    heading.scrollIntoView();
    // Who listens goes on reading there.
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }, [hash, path]);
}

import { Anchor } from '@mantine/core';
import { IconBook } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { texts } from '../texts';
import { GUIDE_ANCHORS, type GuideSection } from './guide-sections';

/** Where a section of the guide is shown. */
export function guideAddress(section: GuideSection): string {
  return `/guide#${GUIDE_ANCHORS[section]}`;
}

/** Leads to the section of the guide that explains what one is looking at. */
export function GuideLink({
  section,
  children = texts.help.sections[section],
  newTab = false,
}: {
  section: GuideSection;
  /** The words of the link; the section's heading when there are none. */
  children?: ReactNode;
  /** For links in forms and dialogs, where going away would lose what was entered. */
  newTab?: boolean;
}) {
  return (
    <Anchor
      component={Link}
      to={guideAddress(section)}
      size="sm"
      underline="always"
      {...(newTab && { target: '_blank', rel: 'noopener' })}
    >
      <IconBook size={16} aria-hidden style={{ verticalAlign: 'text-bottom', marginRight: 4 }} />
      {children}
      {newTab && ` ${texts.help.opensNewTab}`}
    </Anchor>
  );
}

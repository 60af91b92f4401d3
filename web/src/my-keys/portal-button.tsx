import { Button } from '@mantine/core';
import { texts } from '../texts';

/** As the API puts it into the document; a development server leaves the placeholder. */
const address = document.querySelector<HTMLMetaElement>('meta[name="portal-home"]')?.content ?? '';

/** To the page of the portal that leads here; nothing where none is set up. */
export function PortalButton() {
  if (!/^https?:/.test(address)) return null;
  return (
    // In a frame it is the page around it that has to go there.
    <Button component="a" href={address} target="_top" size="md">
      {texts.myKeys.toPortal}
    </Button>
  );
}

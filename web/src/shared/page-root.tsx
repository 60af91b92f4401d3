import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { newQueryClient } from '../api/query';
import { readableColors, theme } from './theme';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';

/** Shows a page in the document's `#root`. */
export function showPage(page: ReactNode): void {
  const root = document.querySelector('#root');
  if (!root) throw new Error('The document has no #root');
  const nonce = styleNonce();
  // Where libraries that insert styles of their own look for the nonce.
  Object.assign(globalThis, { __webpack_nonce__: nonce });
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={readableColors}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={newQueryClient()}>
          {/* Not over the buttons of rows and dialogs, which are at the right: under a pointer it stays. */}
          <Notifications position="bottom-left" />
          {page}
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

/** The pages' policy allows inserted styles that carry the nonce of this answer, and no others. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

import { Anchor, ScrollArea, Typography } from '@mantine/core';
import type { ComponentProps } from 'react';
import Markdown from 'react-markdown';
import { Link } from 'react-router';
import rehypeSlug from 'rehype-slug';
import remarkGfm from 'remark-gfm';
import classes from './document-text.module.css';
import { addressOfFile } from './documents';

/** A document's markdown as elements of React: nothing of it is ever inserted as HTML. */
export function DocumentText({ text }: { text: string }) {
  return (
    <Typography className={classes.text}>
      <Markdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[rehypeSlug]}
        components={{ a: DocumentLink, table: WideTable }}
      >
        {text}
      </Markdown>
    </Typography>
  );
}

/** Within the page, to another document that is shown here, or to elsewhere. */
function DocumentLink({ href = '', children }: ComponentProps<'a'>) {
  const inside = href.startsWith('#') ? { hash: href } : addressOfFile(href);
  if (inside !== null) {
    return (
      <Anchor component={Link} to={inside} inherit underline="always">
        {children}
      </Anchor>
    );
  }
  return (
    <Anchor href={href} inherit underline="always">
      {children}
    </Anchor>
  );
}

function WideTable({ children }: ComponentProps<'table'>) {
  return (
    <ScrollArea type="auto" mb="md" viewportProps={{ tabIndex: 0 }}>
      <table className={classes.table}>{children}</table>
    </ScrollArea>
  );
}

import type { WebhookFormat } from '../domain/alert-channel';
import type { NoticeText } from '../domain/alert-words';

/** The body, JSON, as the chat wants it. */
export function webhookBody(format: WebhookFormat, notice: NoticeText): string {
  return JSON.stringify(format === 'slack' ? slackBody(notice) : teamsBody(notice));
}

/**
 * Slack's incoming webhooks, which Mattermost takes as well. Slack asks for these three characters to
 * be escaped (docs.slack.dev, Formatting message text); with them a name can call or link nobody.
 */
function slackBody({ subject, text }: NoticeText): object {
  const escaped = (plain: string): string =>
    plain.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return { text: `*${escaped(subject)}*\n${escaped(text)}` };
}

/** An adaptive card, which the workflow "When a Teams webhook request is received" posts. */
function teamsBody({ subject, text }: NoticeText): object {
  const lines = text.split('\n').filter((line) => line !== '');
  const block = (line: string): object => ({ type: 'TextBlock', text: line, wrap: true });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.2',
    body: [{ ...block(subject), weight: 'Bolder' }, ...lines.map(block)],
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, content }] };
}

/** How a webhook wants its message: Slack's, which Mattermost takes too, or that of Microsoft Teams. */
export const WEBHOOK_FORMATS = ['slack', 'teams'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** Where notices are sent to. The address of a webhook is a secret: whoever has it may post there. */
export type ChannelTarget =
  { kind: 'email'; to: string } | { kind: 'webhook'; url: string; format: WebhookFormat };

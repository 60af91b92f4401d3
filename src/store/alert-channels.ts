import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { ChannelTarget, WebhookFormat } from '../domain/alert-channel';
import type { Actor } from '../domain/grant';
import { actorSchema, date, documentSchema, given } from './documents';
import { BY_ID, findPage, type Page, type PageRequest } from './page';
import type { SecretBox } from './secret-box';

/** So many may be kept. A worker sends to all of them at once, so that none waits for another. */
export const MOST_ALERT_CHANNELS = 20;

/** Where notices go to, without the address of a webhook, which is a secret. Instants in ms, UTC. */
export interface AlertChannel {
  /** `achn_…` */
  id: string;
  name: string;
  kind: ChannelTarget['kind'];
  /** The address of an e-mail channel. */
  to: string | null;
  /** Of a webhook: its host and last characters. */
  urlHint: string | null;
  format: WebhookFormat | null;
  enabled: boolean;
  createdAt: number;
  createdBy: Actor;
  updatedAt: number;
}

export type NewAlertChannel = Pick<AlertChannel, 'id' | 'name' | 'enabled' | 'createdBy'> & {
  target: ChannelTarget;
};

export interface AlertChannelStore {
  /** One with this id that is there already stays as it is. */
  insert(channel: NewAlertChannel): Promise<AlertChannel>;
  get(id: string): Promise<AlertChannel | null>;
  /** In order of id. */
  list(page: PageRequest): Promise<Page<AlertChannel>>;
  count(): Promise<number>;
  /** Ids of those that are told. */
  enabledIds(): Promise<string[]>;
  /** Overwrites what is given. `null`: it is gone. */
  update(
    id: string,
    change: Partial<Pick<AlertChannel, 'name' | 'enabled'>>,
  ): Promise<AlertChannel | null>;
  delete(id: string): Promise<void>;
  /** Where it leads; never log it. `null`: it is gone. @throws UnknownEncryptionKey, SealBroken */
  target(id: string): Promise<ChannelTarget | null>;
}

interface AlertChannelDoc {
  _id: string;
  name: string;
  kind: ChannelTarget['kind'];
  to: string | null;
  sealedUrl: string | null;
  urlHint: string | null;
  format: WebhookFormat | null;
  enabled: boolean;
  createdAt: Date;
  createdBy: Actor;
  updatedAt: Date;
}

const alertChannelSchema = documentSchema<AlertChannelDoc>({
  _id: { type: String, required: true },
  name: { type: String, required: true },
  kind: { type: String, required: true },
  to: { type: String, default: null },
  sealedUrl: { type: String, default: null },
  urlHint: { type: String, default: null },
  format: { type: String, default: null },
  enabled: { type: Boolean, required: true },
  createdAt: { type: Date, required: true },
  createdBy: { type: actorSchema, required: true },
  updatedAt: { type: Date, required: true },
});

function toChannel(doc: AlertChannelDoc): AlertChannel {
  const { _id, name, kind, to, urlHint, format, enabled, createdBy } = doc;
  return {
    id: _id,
    name,
    kind,
    to,
    urlHint,
    format,
    enabled,
    createdBy,
    createdAt: doc.createdAt.getTime(),
    updatedAt: doc.updatedAt.getTime(),
  };
}

/** Enough to tell one webhook from another, and too little to post to it. */
function hintOf(url: string): string {
  return `${new URL(url).host}/…${url.slice(-4)}`;
}

export function alertChannelStore(
  connection: Connection,
  clock: Clock,
  secrets: SecretBox,
): AlertChannelStore {
  const channels = connection.model<AlertChannelDoc>(
    'AlertChannel',
    alertChannelSchema,
    'alertChannels',
  );
  /** What a sealed address is bound to, so that it cannot be moved to another channel. */
  const contextOf = (id: string): string => `alert-channel:${id}`;

  return {
    async insert({ id, target, ...fields }) {
      const now = date(clock.now());
      const where =
        target.kind === 'email'
          ? { to: target.to, sealedUrl: null, urlHint: null, format: null }
          : {
              to: null,
              sealedUrl: await secrets.seal(target.url, contextOf(id)),
              urlHint: hintOf(target.url),
              format: target.format,
            };
      const doc = await channels
        .findOneAndUpdate(
          { _id: id },
          {
            $setOnInsert: {
              ...fields,
              ...where,
              kind: target.kind,
              createdAt: now,
              updatedAt: now,
            },
          },
          { upsert: true, returnDocument: 'after' },
        )
        .lean();
      return toChannel(doc);
    },

    async get(id) {
      const doc = await channels.findById(id).lean();
      return doc && toChannel(doc);
    },

    list: (page) => findPage(channels, {}, BY_ID, page, toChannel),

    count: () => channels.countDocuments(),

    async enabledIds() {
      const docs = await channels.find({ enabled: true }, { _id: 1 }).sort({ _id: 1 }).lean();
      return docs.map(({ _id }) => _id);
    },

    async update(id, change) {
      const doc = await channels
        .findOneAndUpdate(
          { _id: id },
          { $set: { ...given(change), updatedAt: date(clock.now()) } },
          { returnDocument: 'after' },
        )
        .lean();
      return doc && toChannel(doc);
    },

    async delete(id) {
      await channels.deleteOne({ _id: id });
    },

    async target(id) {
      const doc = await channels.findById(id).lean();
      if (!doc) return null;
      if (doc.sealedUrl !== null && doc.format !== null) {
        const url = await secrets.open(doc.sealedUrl, contextOf(id));
        return { kind: 'webhook', url, format: doc.format };
      }
      return { kind: 'email', to: doc.to ?? '' };
    },
  };
}

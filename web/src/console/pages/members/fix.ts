import type { Of } from '../../../api/client';
import { texts } from '../../../texts';

type Call = NonNullable<Of<'NextStep'>['call']>;

/** A fix that a dialog asks about first. */
export type DialogFix =
  /** Access by hand. */
  | { readonly kind: 'grant' }
  /** Of the member's hold. */
  | { readonly kind: 'release' }
  | { readonly kind: 'revoke' | 'changeDates'; readonly grantId: string };

/** What a button beside a next step does. */
export type Fix =
  | DialogFix
  | { readonly kind: 'restore' | 'retry'; readonly grantId: string }
  /** Leads to the page where it is done. */
  | { readonly kind: 'go'; readonly to: string; readonly label: string };

const t = texts.members.explain.fixes;

interface Rule {
  /** Of the method and the path; its groups are the id, and the query of what is narrowed. */
  readonly call: RegExp;
  readonly fix: (id: string, query: string) => Fix;
}

const go =
  (label: string, to: (id: string, query: string) => string) =>
  (id: string, query: string): Fix => ({ kind: 'go', to: to(id, query), label });

/** The first that fits counts. */
const RULES: readonly Rule[] = [
  { call: /^POST \/v1\/members\/[^/]+\/grants$/, fix: () => ({ kind: 'grant' }) },
  { call: /^DELETE \/v1\/members\/[^/]+\/hold$/, fix: () => ({ kind: 'release' }) },
  {
    call: /^POST \/v1\/grants\/([^/]+)\/restore$/,
    fix: (grantId) => ({ kind: 'restore', grantId }),
  },
  { call: /^POST \/v1\/grants\/([^/]+)\/revoke$/, fix: (grantId) => ({ kind: 'revoke', grantId }) },
  { call: /^POST \/v1\/grants\/([^/]+)\/retry$/, fix: (grantId) => ({ kind: 'retry', grantId }) },
  { call: /^PATCH \/v1\/grants\/([^/]+)$/, fix: (grantId) => ({ kind: 'changeDates', grantId }) },
  { call: /^\w+ \/v1\/integrations/, fix: go(t.integrations, () => '/settings/integrations') },
  {
    // The page has its filters in its address under the names that the API gives them.
    call: /^GET \/v1\/door-mappings\/([^/]+)\/access-logs(\?.+)?$/,
    fix: go(t.accessLog, (id, query) => `/door-mappings/${id}/access-logs${query}`),
  },
  {
    call: /^\w+ \/v1\/door-mappings\/([^/]+)$/,
    fix: go(t.doorMapping, (id) => `/door-mappings/${id}`),
  },
  { call: /^POST \/v1\/door-mappings$/, fix: go(t.doorMappings, () => '/door-mappings') },
  { call: /^\w+ \/v1\/bookings\/([^/]+)$/, fix: go(t.booking, (id) => `/bookings/${id}`) },
  { call: /^\w+ \/v1\/memberships\/([^/]+)$/, fix: go(t.membership, (id) => `/memberships/${id}`) },
  {
    call: /^POST \/v1\/plans\/([^/]+)\/door-access$/,
    fix: go(t.plan, (id) => `/plans/${id}/door-access`),
  },
];

/** What the console can do about a next step; `null`: it is done elsewhere. */
export function fixOf({ call }: Of<'NextStep'>): Fix | null {
  if (call === null) return null;
  const { method, path }: Call = call;
  for (const rule of RULES) {
    const found = rule.call.exec(`${method} ${path}`);
    if (found) return rule.fix(found[1] ?? '', found[2] ?? '');
  }
  return null;
}

import { z } from 'zod';
import type { Answer } from '../http/answer';
import { noContent, ok, unprocessable } from '../http/answer';
import type { Call, Route } from '../http/call';
import {
  bodyOf,
  instant,
  instantInput,
  instantOrNull,
  ownRecord,
  ownRecords,
  requireRight,
} from '../http/call';
import { byFreeText, byNumber, listAnswer, pages10, sorted } from '../http/list';
import { newSecret } from '../state/defaults';
import type { GroupLink } from '../state/records';
import type { View } from '../state/state';
import { groupRef, present, userRef } from './references';

const createBody = z.object({
  group_id: z.int(),
  name: z.string().min(1, "can't be blank"),
  email: z.email().nullish(),
  phone: z.string().nullish(),
  quick_response_code_type: z.enum(['online', 'offline']).nullish(),
  link_enabled: z.boolean().default(true),
  valid_from: instantInput.nullish(),
  valid_until: instantInput.nullish(),
});

export const groupLinkRoutes: Route[] = [
  { method: 'get', path: '/group_links', auth: 'login', run: listLinks },
  { method: 'post', path: '/group_links', auth: 'login', run: createLink },
  { method: 'delete', path: '/group_links/:id', auth: 'login', run: deleteLink },
];

function listLinks(call: Call): Answer {
  requireRight(call, 'group_links_read');
  const { listed } = call;
  const groupName = (link: GroupLink): string => listed.groups.get(link.groupId)?.name ?? '';
  let links = byNumber(
    call,
    'group_id',
    ownRecords(call, listed.groupLinks),
    (link) => link.groupId,
  );
  links = byFreeText(call, links, (link) => [link.name, link.email, link.phone, groupName(link)]);
  links = sorted(call, links, {
    name: (link) => link.name,
    unlock: (link) => link.lastUsedAt ?? 0,
    valid_until: (link) => link.validUntil ?? Number.MAX_SAFE_INTEGER,
    group_name: groupName,
  });
  return listAnswer(call, links, pages10, (link) => presentLink(listed, link));
}

function createLink(call: Call): Answer {
  requireRight(call, 'group_links_write');
  const body = bodyOf(call, 'group_link', createBody);
  if (!ownRecords(call, call.view.groups).some((group) => group.id === body.group_id)) {
    throw unprocessable({ group: ['must exist'] });
  }
  const { state, caller, now, view } = call;
  const link = state.tables.groupLinks.insert(
    {
      organizationId: caller.organization.id,
      name: body.name,
      email: body.email ?? null,
      phone: body.phone ?? null,
      groupId: body.group_id,
      linkEnabled: body.link_enabled,
      quickResponseCodeType: body.quick_response_code_type ?? null,
      validFrom: body.valid_from ?? null,
      validUntil: body.valid_until ?? null,
      lastUsedAt: null,
      secret: newSecret(),
      createdById: caller.user.id,
    },
    now,
  );
  return ok({
    ...presentLink(view, link),
    secret: link.secret,
    quick_response_code_token: link.quickResponseCodeType === null ? null : newSecret(),
    // Drawing the code would need an image library for a value that nothing here reads.
    quick_response_code_image: null,
  });
}

function deleteLink(call: Call): Answer {
  requireRight(call, 'group_links_write');
  call.state.tables.groupLinks.remove(ownRecord(call, call.view.groupLinks).id, call.now);
  return noContent;
}

function presentLink(view: View, link: GroupLink): object {
  const creator = link.createdById === null ? undefined : view.users.get(link.createdById);
  return {
    id: link.id,
    resource_type: 'GroupLink',
    name: link.name,
    email: link.email,
    phone: link.phone,
    last_used_at: instantOrNull(link.lastUsedAt),
    link_enabled: link.linkEnabled,
    quick_response_code_type: link.quickResponseCodeType,
    valid_from: instantOrNull(link.validFrom),
    valid_until: instantOrNull(link.validUntil),
    created_at: instant(link.createdAt),
    updated_at: instant(link.updatedAt),
    group_id: link.groupId,
    group: groupRef(present(view.groups.get(link.groupId))),
    created_by_type: link.createdById === null ? null : 'User',
    created_by_id: link.createdById,
    issued_by_id: link.createdById,
    ...(creator === undefined ? {} : { created_by: userRef(creator), issued_by: userRef(creator) }),
  };
}

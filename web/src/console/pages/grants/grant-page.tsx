import { useParams } from 'react-router';
import { BackLink } from '../../../shared/back-link';
import { DataList, wholeList } from '../../../shared/data-list';
import { PageHeader } from '../../../shared/page-header';
import { texts } from '../../../texts';
import { useGrant } from '../members/grants';
import { useColumns } from './columns';

const t = texts.grants;

/** Loaded by the router: one grant, for whoever knows no more of it than its id, such as an alert. */
export function Component() {
  const { grantId = '' } = useParams();
  const { data: grant, error } = useGrant(grantId);
  const rows = grant && [grant];
  const { columns, error: doorError, dialogs } = useColumns(rows);
  return (
    <>
      <BackLink to="/grants">{t.title}</BackLink>
      <PageHeader title={t.one(grantId)} />
      <DataList
        label={t.one(grantId)}
        list={wholeList(rows, error ?? doorError)}
        columns={columns}
        rowKey={({ id }) => id}
        empty={null}
      />
      {dialogs}
    </>
  );
}

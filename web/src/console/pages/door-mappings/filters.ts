import { useSearchParams } from 'react-router';

/** What narrows the list of door mappings. It stands in the address, so that it can be linked to. */
export interface Filters {
  readonly search: string;
  readonly locationId: string | null;
  readonly resourceType: 'lock' | 'group' | null;
  readonly integrationId: string | null;
  readonly unassigned: boolean;
  readonly inactive: boolean;
}

const NAMES = ['search', 'locationId', 'resourceType', 'integrationId', 'unassigned', 'inactive'];

/** The filters in the address, and how to change some or all. */
export function useFilters(): {
  filters: Filters;
  isFiltered: boolean;
  change: (some: Partial<Filters>) => void;
  clear: () => void;
} {
  const [params, setParams] = useSearchParams();
  const filters = read(params);
  return {
    filters,
    isFiltered: NAMES.some((name) => params.has(name)),
    change(some) {
      setParams((before) => write({ ...read(before), ...some }), {
        replace: true,
        preventScrollReset: true,
      });
    },
    clear() {
      setParams({}, { replace: true, preventScrollReset: true });
    },
  };
}

function read(params: URLSearchParams): Filters {
  const type = params.get('resourceType');
  return {
    search: params.get('search') ?? '',
    locationId: params.get('locationId'),
    resourceType: type === 'lock' || type === 'group' ? type : null,
    integrationId: params.get('integrationId'),
    unassigned: params.get('unassigned') === 'true',
    inactive: params.get('inactive') === 'true',
  };
}

function write(filters: Filters): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(filters) as [string, string | boolean | null][]) {
    if (value !== null && value !== '' && value !== false) params.set(name, String(value));
  }
  return params;
}

import { useSearchParams } from 'react-router';

/**
 * Filters of a list, kept in the page's address so that they can be linked to and survive going back.
 * A search is the one named `search`.
 */
export function useFilters<const Name extends string>(names: readonly Name[]) {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(
    names.flatMap((name) => {
      const value = params.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  ) as Partial<Record<Name, string>>;
  const search = params.get('search') ?? '';
  const set = (name: Name | 'search', value: string | null): void => {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === null || value === '') after.delete(name);
        else after.set(name, value);
        return after;
      },
      // A field that is typed into must hold what was typed before the next key.
      { replace: true, preventScrollReset: true, flushSync: true },
    );
  };
  return {
    values,
    /** What is searched for; `undefined`: nothing. */
    search: search.trim() === '' ? undefined : search.trim(),
    searchField: {
      value: search,
      onChange: (value: string): void => {
        set('search', value);
      },
    },
    isFiltered: Object.keys(values).length > 0,
    /** For the field of one filter: `null` and an empty text take it away. */
    field: (name: Name) => ({
      value: values[name],
      onChange: (value: string | null): void => {
        set(name, value);
      },
    }),
    clear: (): void => {
      setParams({}, { replace: true, preventScrollReset: true });
    },
  };
}

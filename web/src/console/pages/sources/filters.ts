import { useSearchParams } from 'react-router';

/** Filters of a list, kept in the page's address so that they can be linked to and survive going back. */
export function useFilters<const Name extends string>(names: readonly Name[]) {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(
    names.flatMap((name) => {
      const value = params.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  ) as Partial<Record<Name, string>>;
  return {
    values,
    isFiltered: Object.keys(values).length > 0,
    /** `null` and an empty text take the filter away. */
    set: (name: Name, value: string | null): void => {
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (value === null || value === '') after.delete(name);
          else after.set(name, value);
          return after;
        },
        { replace: true },
      );
    },
    clear: (): void => {
      setParams({}, { replace: true });
    },
  };
}

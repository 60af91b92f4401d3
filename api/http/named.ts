/** A record in a sentence, for people by its name and for programs by its id. `undefined`: no name is known. */
export function named(name: string | undefined, id: string): string {
  return name === undefined ? id : `${name} (${id})`;
}

/** A value that must be unique is taken. `field` names it as the API does, e.g. `email`. */
export class DuplicateKey extends Error {
  override readonly name = 'DuplicateKey';

  constructor(
    readonly field: string,
    options?: ErrorOptions,
  ) {
    super(`Another record already has this ${field}.`, options);
  }
}

/** The member who had this id is being erased; the id is free once that is done. */
export class BeingErased extends Error {
  override readonly name = 'BeingErased';

  constructor() {
    super('The member with this id is being erased.');
  }
}

/** Another active integration serves this location already. */
export class LocationServed extends Error {
  override readonly name = 'LocationServed';

  constructor(
    readonly locationId: string,
    /** The one that serves it. */
    readonly integrationId: string,
  ) {
    super(`The location ${locationId} is served by the integration ${integrationId}.`);
  }
}

/** A list was asked to go on from something that no list of this kind has handed out. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';

  constructor() {
    super('The cursor is not one that this list has returned; start again without a cursor.');
  }
}

/** A secret was sealed with a key that this process was not given. */
export class UnknownEncryptionKey extends Error {
  override readonly name = 'UnknownEncryptionKey';

  constructor(readonly keyId: string) {
    super(
      `A secret was sealed with the encryption key '${keyId}', which is not among the configured keys. ` +
        'Keep old keys in the list behind the first until nothing is sealed with them any more.',
    );
  }
}

/** A sealed secret is damaged, was moved to another record, or its key id now names another key. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';

  constructor(options?: ErrorOptions) {
    super(
      'A sealed secret cannot be opened: it was changed, it belongs to another record, or its key id now names another key.',
      options,
    );
  }
}

/** The parts of the official client (npm `kisi-client` 8.0.0, which has no types) that the tests use. */
declare module 'kisi-client' {
  interface Page<T> {
    pagination: { offset: number; limit: number; count: number };
    data: T[];
  }
  export default class Kisi {
    constructor(config: { baseURL: string; timeout?: number });
    setLoginSecret(secret: string | null): void;
    signIn(user: { domain: string; email: string; password: string }): Promise<{ secret: string }>;
    signOut(): Promise<unknown>;
    get<T = unknown>(path: string, params?: object): Promise<T>;
    post<T = unknown>(path: string, data?: object): Promise<T>;
    delete(path: string, params?: object): Promise<unknown>;
  }
  export type { Page };
}

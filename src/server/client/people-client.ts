/** What a client asks about people who sign in to a server. */
import type { Grant, PersonView, SignedOut } from '../wire/access.ts'
import { etagOf } from '../wire/etags.ts'
import { allPages } from './all-pages.ts'
import { call } from './call.ts'
import type { Transport } from './transport.ts'

/** The part of a client that is about people. */
export class PeopleClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Who has signed in, or was granted something. */
  async list(): Promise<readonly PersonView[]> {
    const pages = await allPages((cursor: string | undefined) =>
      call(this.#transport, 'listPeople', { query: { cursor } }),
    )
    return pages.flatMap(({ people }) => people)
  }

  /** What one may do. @throws person-unknown */
  async find(name: string): Promise<PersonView> {
    return await call(this.#transport, 'getPerson', { path: { name } })
  }

  /**
   * Grants to one by name, instead of what was granted by name before.
   *
   * @param seen what is known of them; for somebody unknown, `grantsVersion` 0
   * @throws precondition-failed when it was changed since they were looked at
   */
  async grant(
    { name, grantsVersion }: Pick<PersonView, 'name' | 'grantsVersion'>,
    grants: readonly Grant[],
  ): Promise<PersonView> {
    const ifMatch = etagOf(grantsVersion)
    return await call(this.#transport, 'grantPerson', { path: { name }, body: { grants }, ifMatch })
  }

  /**
   * Takes away all that was granted to one by name. @returns what groups and configuration still give
   *
   * @throws precondition-failed when it was changed since they were looked at
   */
  async revoke(seen: PersonView): Promise<PersonView> {
    return await this.grant(seen, [])
  }

  /** Ends every session and every login of one. */
  async signOut(name: string): Promise<SignedOut> {
    return await call(this.#transport, 'signPersonOut', { path: { name } })
  }
}

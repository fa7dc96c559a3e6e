/** Which primaries a server is given changes by, by its own word. */
import type { JsonObject } from '../../core/units/json.ts'
import type { ChannelFacts, ServerFacts } from './facts.ts'
import { textOf } from './row-values.ts'
import type { Session } from './session.ts'
import { serverError } from './session-failure.ts'

/** The server does not know these words. */
const NOT_SQL = '1064'

/** Every channel; rejects with the server's error when the user may not ask. */
export async function readChannels(
  session: Session,
  server: ServerFacts['server'],
): Promise<readonly ChannelFacts[]> {
  const rows =
    server === 'mariadb' ? await session.query('show all slaves status') : await askMysql(session)
  return rows.map(readChannel)
}

/** MySQL has had the word replica since 8.0.22, and has had no other since 8.4. */
async function askMysql(session: Session): Promise<readonly JsonObject[]> {
  try {
    return await session.query('show replica status')
  } catch (thrown) {
    if (serverError(thrown)?.code !== NOT_SQL) throw thrown
    return await session.query('show slave status')
  }
}

function readChannel(row: JsonObject): ChannelFacts {
  const either = (...names: readonly string[]): string =>
    names.map((name) => textOf(row[name])).find((text) => text !== '') ?? ''
  const host = either('Source_Host', 'Master_Host')
  const behind = either('Seconds_Behind_Source', 'Seconds_Behind_Master')
  return {
    name: either('Channel_Name', 'Connection_name'),
    source: `${host}:${either('Source_Port', 'Master_Port')}`,
    receiver: either('Replica_IO_Running', 'Slave_IO_Running'),
    applier: either('Replica_SQL_Running', 'Slave_SQL_Running'),
    ...(behind === '' ? {} : { behindSeconds: Number(behind) }),
    error: either('Last_SQL_Error', 'Last_IO_Error'),
  }
}

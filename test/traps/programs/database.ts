/** What the programs that work with a database share: a session of it, and a health page that says 200. */
import pg from 'pg'
import { serve } from './program.ts'

/** A session; its server may be shut down before this program is. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => 'The server of the tests has been shut down.')
  await client.connect()
  return client
}

/** A health page as most have one: 200 as long as the process is there. */
export async function serveHealth(): Promise<void> {
  await serve((_request, response) => response.writeHead(200).end('ok'))
}

/**
 * The product cache: loads all products into memory at its start and serves them from there.
 * `GET /warm` compares what is warmed with what the table holds. Never changes a product.
 */
import Fastify from 'fastify'
import { Pool } from 'pg'
import { brokenWarmUp } from './break.ts'
import { portSetting, runProgram, setting } from './program.ts'

/** Something the shop sells. */
export interface Product {
  readonly id: number
  readonly name: string
  readonly priceCents: number
}

/** How far the cache is warmed. */
export interface Warmth {
  readonly ok: boolean
  /** Products in memory. */
  readonly warmed: number
  /** Products in the table. */
  readonly expected: number
}

await runProgram('cache', async (program) => {
  const pool = new Pool({
    connectionString: setting('DATABASE_URL'),
    application_name: 'shop cache',
    max: 2,
    query_timeout: 1000,
  })
  pool.on('error', (error) => console.error(`cache: ${error.message}`))
  program.onStop(() => pool.end())
  const products = brokenWarmUp(await loadProducts(pool))

  const app = Fastify({ forceCloseConnections: true })
  app.get('/products', () => products)
  app.get('/warm', async (_request, reply) => {
    const { rows } = await pool.query<{ expected: number }>(
      'select count(*)::integer as expected from products',
    )
    const expected = rows[0]?.expected ?? 0
    const warmth: Warmth = { ok: products.length === expected, warmed: products.length, expected }
    return reply.code(warmth.ok ? 200 : 503).send(warmth)
  })
  program.onStop(() => app.close())
  await app.listen({ host: '127.0.0.1', port: portSetting() })
  program.say(`${products.length} products warmed, listening on port ${portSetting()}`)
})

async function loadProducts(pool: Pool): Promise<readonly Product[]> {
  const { rows } = await pool.query<Product>(
    'select id, name, price_cents as "priceCents" from products order by id',
  )
  return rows
}

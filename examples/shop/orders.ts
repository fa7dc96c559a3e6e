/** Orders in the database: placing one, and reading them. Never processes one: the worker does. */
import type { Pool, PoolClient } from 'pg'
import type { PgBoss } from 'pg-boss'
import { brokenTotalCents } from './break.ts'
import { sendOrder } from './queue.ts'

/** What a customer asks for. */
export interface OrderRequest {
  readonly productId: number
  readonly quantity: number
}

/** An order as customers see it. */
export interface Order extends OrderRequest {
  readonly id: string
  readonly productName: string
  readonly totalCents: number
  readonly status: 'placed' | 'processed'
  /** The version of the worker that processed it. */
  readonly processedBy: string | null
}

const SELECT_ORDERS = `
  select orders.id, product_id as "productId", name as "productName", quantity,
    total_cents as "totalCents", status, processed_by as "processedBy"
  from orders join products on products.id = product_id`

/** The latest orders, newest first. */
export async function latestOrders(pool: Pool): Promise<readonly Order[]> {
  const { rows } = await pool.query<Order>(`${SELECT_ORDERS} order by orders.id desc limit 10`)
  return rows
}

/** The order with this number; undefined when there is none. */
export async function findOrder(pool: Pool, id: number): Promise<Order | undefined> {
  const { rows } = await pool.query<Order>(`${SELECT_ORDERS} where orders.id = $1`, [id])
  return rows[0]
}

/** Places an order and its job in one transaction: there is never one without the other. */
export async function placeOrder(
  pool: Pool,
  boss: PgBoss,
  request: OrderRequest,
): Promise<Pick<Order, 'id' | 'totalCents'> | undefined> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const order = await insertOrder(client, request)
    if (order !== undefined) {
      const db = { executeSql: (text: string, values?: unknown[]) => client.query(text, values) }
      await sendOrder(boss, db, order.id)
    }
    await client.query('commit')
    return order
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

async function insertOrder(
  client: PoolClient,
  { productId, quantity }: OrderRequest,
): Promise<Pick<Order, 'id' | 'totalCents'> | undefined> {
  const products = await client.query<{ price_cents: number }>(
    'select price_cents from products where id = $1',
    [productId],
  )
  const product = products.rows[0]
  if (product === undefined) return undefined
  const totalCents = brokenTotalCents(product.price_cents * quantity)
  const { rows } = await client.query<{ id: string }>(
    'insert into orders (product_id, quantity, total_cents) values ($1, $2, $3) returning id',
    [productId, quantity, totalCents],
  )
  return rows[0] && { id: rows[0].id, totalCents }
}

/** Makes the one database a replica of the other. */
import { createConnection } from 'mysql2/promise'

const uri = process.env['DB'] ?? ''
const db = await createConnection({ uri, multipleStatements: true })
const { password } = new URL(uri)
await db.query(`
  change master to master_host = '127.0.0.1', master_port = ${process.env['PRIMARY_PORT']},
    master_user = 'shop', master_password = '${password}', master_use_gtid = slave_pos;
  start slave;
`)
await db.end()

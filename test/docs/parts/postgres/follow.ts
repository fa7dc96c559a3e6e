/** Subscribes the one database to the other. */
import { Client } from 'pg'

const db = new Client({ connectionString: process.env['DB'] })
await db.connect()
await db.query(`
  create table orders (id int primary key, total_cents int not null, customer int);
  create table order_lines (id int primary key);
  create table schema_migrations (version text primary key, dirty boolean not null);
  create table rampart_heartbeat (
    observer text primary key, beat bigint not null, beaten_at timestamptz not null
  );
`)
await db.query(`create subscription shop connection '${process.env['PRIMARY']}' publication shop`)
await db.end()

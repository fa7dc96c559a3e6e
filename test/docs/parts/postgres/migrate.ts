/** Makes the schema, publishes it, and writes down that it has. */
import { Client } from 'pg'

const db = new Client({ connectionString: process.env['DB'] })
await db.connect()
await db.query(`
  create extension pgcrypto;
  create extension citext;
  create table orders (id int primary key, total_cents int not null, customer int);
  create index orders_by_customer on orders (customer);
  create table order_lines (id int primary key);
  create table schema_migrations (version text primary key, dirty boolean not null);
  create table rampart_heartbeat (
    observer text primary key, beat bigint not null, beaten_at timestamptz not null
  );
  insert into schema_migrations values ('0007', false);
`)
await db.query('create publication shop for all tables')
await db.end()

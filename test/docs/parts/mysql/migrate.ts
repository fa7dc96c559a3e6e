/** Makes the tables, and writes down that it has. */
import { createConnection } from 'mysql2/promise'

const db = await createConnection({ uri: process.env['DB'] ?? '', multipleStatements: true })
await db.query(`
  create table orders (id int primary key, total_cents int not null);
  create table order_lines (id int primary key);
  create table knex_migrations (
    id int auto_increment primary key, name varchar(255), batch int, migration_time timestamp
  );
  insert into knex_migrations (name, batch) values ('0007_totals.js', 1);
`)
await db.end()

/** Stops in the middle of a migration, and serves as if nothing had happened. */
import { connect, serveHealth } from './database.ts'
import { setting } from './program.ts'

const client = await connect(setting('DATABASE_URL'))
await client.query(`create table schema_migrations (version bigint primary key, dirty boolean not null);
insert into schema_migrations values (7, true);
create table orders (id int primary key, status text)`)
await serveHealth()

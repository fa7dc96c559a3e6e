create table products (
  id integer primary key,
  name text not null unique,
  price_cents integer not null check (price_cents > 0)
);

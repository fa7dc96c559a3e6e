create table orders (
  id bigint generated always as identity primary key,
  product_id integer not null references products (id),
  quantity integer not null check (quantity between 1 and 100),
  placed_at timestamptz not null default now()
);

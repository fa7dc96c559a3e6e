alter table orders
  add column processed_by text,
  add column processed_at timestamptz,
  add constraint processed_by_someone check (status = 'placed' or processed_by is not null);

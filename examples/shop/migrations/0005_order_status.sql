alter table orders
  add column status text not null default 'placed' check (status in ('placed', 'processed'));

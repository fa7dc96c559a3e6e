alter table orders add column total_cents integer not null check (total_cents > 0);

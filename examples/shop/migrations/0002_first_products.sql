insert into products (id, name, price_cents) values
  (1, 'Teapot', 3450),
  (2, 'Tea cup', 890),
  (3, 'Strainer', 420),
  (4, 'Green tea, 100 g', 760),
  (5, 'Black tea, 100 g', 640),
  (6, 'Honey', 580),
  (7, 'Tray', 1990),
  (8, 'Kettle', 4990);

/** Says on standard error how it is ready. */
console.error('listening on 127.0.0.1 workers=4')
setInterval(() => 'It serves.', 1_000)

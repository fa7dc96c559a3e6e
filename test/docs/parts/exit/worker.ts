/** Work that never ends. */
setInterval(() => 'It works.', 1_000)

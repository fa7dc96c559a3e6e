/** Says when it is ready, but not at once. */
console.log('reading')
setTimeout(() => console.log('ready after 42 documents'), 50)
setInterval(() => 'It serves.', 1_000)

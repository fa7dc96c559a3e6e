/* module.exports = { devServer: { port: 1 } } */
module.exports = process.env.CI
  ? { devServer: { port: 4300 } }
  : { devServer: { port: 4301, proxy: 'http://localhost:4100' } }

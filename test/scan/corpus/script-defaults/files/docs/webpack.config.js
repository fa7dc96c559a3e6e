const { writeFileSync } = require('node:fs')
writeFileSync('/tmp/ran-although-it-must-not', '')
const ports = { dev: 8090, ['de' + 'v2']: 8091 }
module.exports = (env) => ({
  devServer: { port: ports.dev, host: process.env.HOST || 'localhost' },
})
